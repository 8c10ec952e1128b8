/** Random secrets that look like real ones, from a seed that repeats them. */

export interface KnownSecret {
  /** What a text contains. */
  readonly text: string;
  /** The part of it that must not be shown. */
  readonly secret: string;
}

/** Numbers from 0 to 1, always the same ones for a seed (the generator "mulberry32"). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const BASE64 = `${UPPER}${LOWER}${DIGITS}+/`;
const BASE64_URL = `${UPPER}${LOWER}${DIGITS}-_`;
const HEX = "0123456789abcdef";

function letters(random: () => number, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
}

function whole(random: () => number, alphabet: string, length: number): KnownSecret {
  const secret = letters(random, alphabet, length);
  return { text: secret, secret };
}

/** Replaces characters at random positions. */
function withSlashes(random: () => number, text: string, count: number): string {
  const characters = [...text];
  for (let made = 0; made < count; made++) characters[Math.floor(random() * characters.length)] = "/";
  return characters.join("");
}

function uuid(random: () => number): string {
  return [8, 4, 4, 4, 12].map((length) => letters(random, HEX, length)).join("-");
}

export const SECRET_KINDS: readonly (readonly [kind: string, make: (random: () => number) => KnownSecret])[] = [
  ["a secret access key", (random) => whole(random, BASE64, 40)],
  [
    "a secret access key with three slashes or more",
    (random) => {
      const secret = withSlashes(random, letters(random, BASE64, 40), 3 + Math.floor(random() * 5));
      return { text: secret, secret };
    },
  ],
  ["a secret access key without upper case", (random) => whole(random, `${LOWER}${DIGITS}+/`, 40)],
  ["a secret access key without lower case", (random) => whole(random, `${UPPER}${DIGITS}+/`, 40)],
  [
    "a session token",
    (random) => {
      const secret = `IQoJb3JpZ2luX2Vj${letters(random, BASE64, 300 + Math.floor(random() * 500))}`;
      return { text: `${secret}==`, secret };
    },
  ],
  [
    "a JSON Web Token",
    (random) => {
      const secret = [60, 200, 86].map((length) => letters(random, BASE64_URL, length)).join(".");
      return { text: `eyJhbGciOiJSUzI1NiIs${secret}`, secret };
    },
  ],
  [
    "the path of a container's credentials",
    (random) => {
      const secret = uuid(random);
      return { text: `http://169.254.170.2/v2/credentials/${secret}`, secret };
    },
  ],
  [
    "a bearer header",
    (random) => {
      const secret = letters(random, BASE64_URL, 24);
      return { text: `Authorization: Bearer ${secret}`, secret };
    },
  ],
  [
    "an SSO access token",
    (random) => {
      const secret = `aoaAAAAA${letters(random, BASE64, 120)}`;
      return { text: `${secret}:${letters(random, BASE64, 132)}`, secret };
    },
  ],
  ["an SSO refresh token", (random) => whole(random, BASE64_URL, 300)],
  [
    "a named value",
    (random) => {
      const secret = letters(random, `${BASE64_URL}.!$%()*`, 16);
      return { text: `password=${secret}`, secret };
    },
  ],
];
