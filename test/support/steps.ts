/**
 * Counts the steps that a function takes, in the engine and in our code. The number is the same on every machine, so that a
 * test can compare the costs of two inputs without measuring time.
 */

type Cost = (receiver: { readonly length?: number }, args: readonly unknown[], result: unknown) => number;

/** The function visits everything that it is called on. (A map or a set has no length, and its functions visit one item.) */
const receiverLength: Cost = ({ length = 1 }) => length;
const argumentLength: Cost = (_receiver, [text]) => String(text).length;
const oneStep: Cost = () => 1;
/** A search from an index ends where it finds something. */
const searchedLength: Cost = ({ length = 1 }, [, start], result) =>
  (typeof result === "number" && result >= 0 ? result + 1 : length) - (typeof start === "number" ? start : 0);

/** Built-in functions and the steps that a call counts. With them, loops within loops show in the engine and in our code. */
const COUNTED: readonly (readonly [prototype: object, cost: Cost, names: readonly PropertyKey[]])[] = [
  [
    Array.prototype,
    receiverLength,
    [
      ...["concat", "every", "filter", "find", "flat", "flatMap", "forEach", "includes", "indexOf", "join", "map"],
      ...["slice", "some", Symbol.iterator],
    ],
  ],
  [Array.prototype, oneStep, ["at", "pop", "push"]],
  [
    String.prototype,
    receiverLength,
    [
      ...["includes", "lastIndexOf", "replace", "replaceAll", "search", "split", "toLowerCase", "trim"],
      Symbol.iterator,
    ],
  ],
  [String.prototype, searchedLength, ["indexOf"]],
  [String.prototype, oneStep, ["charAt", "charCodeAt", "codePointAt"]],
  [RegExp.prototype, argumentLength, ["test"]],
  [Map.prototype, receiverLength, ["get", "has", "set", "keys", "values", "entries", Symbol.iterator]],
  [Set.prototype, receiverLength, ["has", "add", "values"]],
];

/** The number of steps that a function takes. */
export function stepsOf(act: () => void): number {
  const restorers: (() => void)[] = [];
  let steps = 0;
  for (const [prototype, cost, names] of COUNTED) {
    for (const name of names) {
      const original: unknown = Reflect.get(prototype, name);
      const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
      if (typeof original !== "function" || descriptor === undefined) throw new Error(`there is no ${String(name)}`);
      const counted = function (this: { readonly length?: number }, ...args: unknown[]): unknown {
        const result: unknown = Reflect.apply(original, this, args);
        steps += cost(this, args, result);
        return result;
      };
      Object.defineProperty(prototype, name, { value: counted, configurable: true, writable: true });
      restorers.push(() => Object.defineProperty(prototype, name, descriptor));
    }
  }
  try {
    act();
  } finally {
    for (const restore of restorers) restore();
  }
  return steps;
}
