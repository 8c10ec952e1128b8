/** Whether a parsed JSON value has the shape that was promised: what it lacks, and what it has too much, by path. */

/** @returns a line for each thing that is wrong. */
export type Shape = (value: unknown, path: string) => readonly string[];

export const text: Shape = (value, path) => (typeof value === "string" ? [] : [`${path}: no text`]);
export const count: Shape = (value, path) =>
  Number.isInteger(value) && Number(value) >= 0 ? [] : [`${path}: no whole number`];
export const place: Shape = (value, path) =>
  Number.isInteger(value) && Number(value) > 0 ? [] : [`${path}: no line or column`];
export const truth: Shape = (value, path) => (typeof value === "boolean" ? [] : [`${path}: neither true nor false`]);
export const nothing: Shape = (value, path) => (value === null ? [] : [`${path}: not null`]);
export const anything: Shape = () => [];

/** A time as `2026-01-02T03:04:05Z`. */
export const time: Shape = (value, path) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? [] : [`${path}: no time: ${value}`];

export function oneOf(...words: readonly string[]): Shape {
  return (value, path) => (words.some((word) => word === value) ? [] : [`${path}: ${value} is none of ${words}`]);
}

export function either(...shapes: readonly Shape[]): Shape {
  return (value, path) => {
    const problems = shapes.map((shape) => shape(value, path));
    return problems.some((list) => list.length === 0) ? [] : problems.flat();
  };
}

export function listOf(item: Shape): Shape {
  return (value, path) =>
    Array.isArray(value) ? value.flatMap((one, index) => item(one, `${path}[${index}]`)) : [`${path}: no list`];
}

/** @param optional keys that may be missing; every other key is too much. */
export function object(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: no object`];
    const entries = new Map<string, unknown>(Object.entries(value));
    return [
      ...Object.keys(required)
        .filter((key) => !entries.has(key))
        .map((key) => `${path}: ${key} is missing`),
      ...[...entries].flatMap(([key, one]) => {
        const shape = required[key] ?? optional[key];
        return shape === undefined ? [`${path}: ${key} is promised nowhere`] : shape(one, `${path}.${key}`);
      }),
    ];
  };
}

/** An object whose keys are not known beforehand, but camelCase. */
export function mapOf(item: Shape): Shape {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: no object`];
    return Object.entries(value).flatMap(([key, one]) => [
      ...(/^[a-z]+([A-Z0-9][a-z0-9]*)*$/.test(key) ? [] : [`${path}: ${key} is no camelCase`]),
      ...item(one, `${path}.${key}`),
    ]);
  };
}
