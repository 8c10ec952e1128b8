/** Checks of parsed JSON against its documented shape. Reports missing and undocumented keys with their path. */

/** @returns a line for each difference. */
export type Shape = (value: unknown, path: string) => readonly string[];

export const text: Shape = (value, path) => (typeof value === "string" ? [] : [`${path}: not a string`]);
export const count: Shape = (value, path) =>
  Number.isInteger(value) && Number(value) >= 0 ? [] : [`${path}: not a whole number`];
export const position: Shape = (value, path) =>
  Number.isInteger(value) && Number(value) > 0 ? [] : [`${path}: not a line or column`];
export const boolean: Shape = (value, path) => (typeof value === "boolean" ? [] : [`${path}: not a boolean`]);
export const nullValue: Shape = (value, path) => (value === null ? [] : [`${path}: not null`]);
export const anything: Shape = () => [];

/** A timestamp such as `2026-01-02T03:04:05Z`. */
export const timestamp: Shape = (value, path) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)
    ? []
    : [`${path}: not a timestamp: ${value}`];

export function oneOf(...values: readonly string[]): Shape {
  return (value, path) => (values.some((one) => one === value) ? [] : [`${path}: ${value} is not one of ${values}`]);
}

export function either(...shapes: readonly Shape[]): Shape {
  return (value, path) => {
    const problems = shapes.map((shape) => shape(value, path));
    return problems.some((list) => list.length === 0) ? [] : problems.flat();
  };
}

export function listOf(item: Shape): Shape {
  return (value, path) =>
    Array.isArray(value) ? value.flatMap((one, index) => item(one, `${path}[${index}]`)) : [`${path}: not a list`];
}

/** @param optional keys that may be missing. Any further key is a difference. */
export function object(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: not an object`];
    const entries = new Map<string, unknown>(Object.entries(value));
    return [
      ...Object.keys(required)
        .filter((key) => !entries.has(key))
        .map((key) => `${path}: ${key} is missing`),
      ...[...entries].flatMap(([key, one]) => {
        const shape = required[key] ?? optional[key];
        return shape === undefined ? [`${path}: ${key} is not documented`] : shape(one, `${path}.${key}`);
      }),
    ];
  };
}

/** An object with any keys in camelCase. */
export function mapOf(item: Shape): Shape {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path}: not an object`];
    return Object.entries(value).flatMap(([key, one]) => [
      ...(/^[a-z]+([A-Z0-9][a-z0-9]*)*$/.test(key) ? [] : [`${path}: ${key} is not in camelCase`]),
      ...item(one, `${path}.${key}`),
    ]);
  };
}
