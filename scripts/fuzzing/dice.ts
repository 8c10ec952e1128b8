/** Random choices that a seed repeats. */
import { randomFrom } from "../../test/interop/situations.ts";

export interface Dice {
  chance(likelihood: number): boolean;
  /** A whole number from 0 to less than the limit. */
  below(limit: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** Undefined if the list is empty. */
  pickAny<T>(list: readonly T[]): T | undefined;
}

export function diceFrom(seed: number): Dice {
  const random = randomFrom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    chance: (likelihood) => random() < likelihood,
    below,
    pick: (list) => list[below(list.length)] ?? list[0],
    pickAny: (list) => list[below(list.length)],
  };
}

/** The dice of one case: each case can be repeated without the cases before it. */
export function diceOfCase(seed: number, index: number): Dice {
  return diceFrom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
}
