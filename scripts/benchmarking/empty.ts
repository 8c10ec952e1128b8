/** A program that does nothing: what starting a compiled program takes at least. */
export {};
