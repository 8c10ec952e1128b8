// Apart from rolecall.cjs, which an old Node must be able to parse.
import("./launcher.mjs");
