/** Evaluates botocore's endpoint rule sets: the part of the rules language that the services we call use. */

/** A partition of botocore's `partitions.json`. */
export interface PartitionData {
  readonly id: string;
  readonly regionRegex: string;
  readonly regions: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A rule of an `endpoint-rule-set-1.json`. */
export interface Rule {
  readonly conditions: readonly Condition[];
  readonly type: "tree" | "endpoint" | "error";
  readonly rules?: readonly Rule[];
  readonly endpoint?: { readonly url: Expression };
  readonly error?: Expression;
}

interface Condition extends Call {
  readonly assign?: string;
}

interface Call {
  readonly fn: string;
  readonly argv: readonly Expression[];
}

type Expression = string | boolean | { readonly ref: string } | Call;

/** The parameters of a rule set, and the values that conditions assign. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * Returns the URL that a rule set resolves to.
 *
 * @param partition what the function `aws.partition` returns for any region.
 * @throws Error if the rules end in an error, or use a function that is not implemented here.
 */
export function evaluateRules(rules: readonly Rule[], parameters: Values, partition: PartitionData): string {
  const url = firstMatch(rules, { ...parameters }, partition);
  if (url === undefined) throw new Error("no rule matches");
  return url;
}

/** The regions that have rules of their own, such as `stringEquals(Region, "us-gov-west-1")`. */
export function regionsOfRules(rules: readonly Rule[]): string[] {
  const regions = rules.flatMap(({ conditions, rules: inner = [] }) => [
    ...conditions.flatMap(regionsOfCall),
    ...regionsOfRules(inner),
  ]);
  return [...new Set(regions)];
}

function regionsOfCall({ fn, argv }: Call): string[] {
  const isRegion = argv.some(
    (argument) => typeof argument === "object" && "ref" in argument && argument.ref === "Region",
  );
  const literals = argv.filter((argument) => typeof argument === "string");
  const inner = argv.flatMap((argument) =>
    typeof argument === "object" && "fn" in argument ? regionsOfCall(argument) : [],
  );
  return fn === "stringEquals" && isRegion ? [...literals, ...inner] : inner;
}

function firstMatch(rules: readonly Rule[], values: Values, partition: PartitionData): string | undefined {
  for (const rule of rules) {
    const assigned: Record<string, unknown> = { ...values };
    const matches = rule.conditions.every((condition) => {
      const value = evaluate(condition, assigned, partition);
      if (condition.assign !== undefined) assigned[condition.assign] = value;
      return value !== undefined && value !== false;
    });
    if (!matches) continue;
    if (rule.type === "tree") return firstMatch(rule.rules ?? [], assigned, partition);
    if (rule.endpoint === undefined) throw new Error(`the rules return an error: ${JSON.stringify(rule.error)}`);
    return String(evaluate(rule.endpoint.url, assigned, partition));
  }
  return undefined;
}

function evaluate(expression: Expression, values: Values, partition: PartitionData): unknown {
  if (typeof expression === "boolean") return expression;
  if (typeof expression === "string") return fillTemplate(expression, values);
  if ("ref" in expression) return values[expression.ref];
  const [first, second] = expression.argv.map((argument) => evaluate(argument, values, partition));
  switch (expression.fn) {
    case "isSet":
      return first !== undefined;
    case "not":
      return first === undefined || first === false;
    case "booleanEquals":
    case "stringEquals":
      return first === second;
    case "aws.partition":
      return { ...partition.outputs, name: partition.id };
    case "getAttr":
      return attribute(first, String(second));
    default:
      throw new Error(`the rules use the function ${expression.fn}, which is not implemented`);
  }
}

/** `{Region}` is a value, `{PartitionResult#dnsSuffix}` an attribute of one. */
function fillTemplate(template: string, values: Values): string {
  return template.replace(/\{(\w+)(?:#(\w+))?\}/g, (_, name: string, path?: string) =>
    String(path === undefined ? values[name] : attribute(values[name], path)),
  );
}

function attribute(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
