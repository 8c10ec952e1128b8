/** Numbers in the AWS files, which botocore reads with Python's `int()`. */

/**
 * The white space that Python's `str.strip()` removes. Unlike JavaScript's, it does not include the byte order mark.
 */
const BLANKS = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*";
const PYTHON_INT = new RegExp(`^${BLANKS}([+-]?\\d+(?:_\\d+)*)${BLANKS}$`);

/**
 * Parses a whole number as Python's `int()` does: with blanks around it, a sign, and underscores between digits.
 * (Unlike `int()`, it does not accept digits of other scripts.)
 *
 * @returns undefined if the text is not a number.
 */
export function parsePythonInt(text: string): number | undefined {
  const digits = PYTHON_INT.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits.replaceAll("_", ""));
}
