import { type Data, isRecord, recordOf } from "../account/data.ts";
import { type Facts, type FactsByName, meaningOf } from "./facts.ts";

/**
 * Everything in which inputs depart from the facts of their type, a sentence each.
 * @param unknown stands for a value that a preview does not know yet: it is there, and nothing else is known of it
 */
export function problemsOf(facts: FactsByName, inputs: Data, unknown: unknown, at = ""): readonly string[] {
  const named = Object.entries(inputs).filter(([name, value]) => name !== DEFAULTED && value !== undefined);
  const strange = named.filter(([name]) => facts[name] === undefined || facts[name].output === true);
  const missing = Object.entries(facts).filter(
    ([name, { required }]) => required === true && inputs[name] === undefined,
  );
  return [
    ...strange.map(([name]) => strangeness(facts, at, name)),
    ...missing.map(([name]) => `${at}${name} is missing. Add it.`),
    ...Object.entries(facts).flatMap(([name, fact]) => relations(name, fact, inputs, at)),
    ...named.flatMap(([name, value]) => {
      const fact = facts[name];
      return fact === undefined || fact.output === true ? [] : valueProblems(fact, value, unknown, `${at}${name}`);
    }),
  ];
}

/** Names of properties that the provider filled in, among a resource's inputs. */
export const DEFAULTED = "__defaults";

const strangeness = (facts: FactsByName, at: string, name: string): string =>
  facts[name]?.output === true
    ? `${at}${name} is said by AWS, not by a program. Take it out.`
    : `${at}${name} is no property that is simulated; there are ${Object.keys(facts).join(", ")}. Take it out, or correct its name.`;

function relations(name: string, fact: Facts, inputs: Data, at: string): readonly string[] {
  const has = (other: string): boolean => inputs[other] !== undefined;
  const { conflictsWith = [], requiredWith = [], exactlyOneOf = [], atLeastOneOf = [] } = fact;
  const isFirst = (names: readonly string[]): boolean => names[0] === name;
  const there = exactlyOneOf.filter(has);
  return [
    ...conflictsWith
      .filter((other) => has(name) && has(other) && name < other)
      .map((other) => `${at}${name} and ${at}${other} exclude each other. Take one out.`),
    ...requiredWith
      .filter((other) => has(name) && !has(other))
      .map((other) => `${at}${name} needs ${at}${other} beside it.`),
    ...(isFirst(exactlyOneOf) && there.length !== 1
      ? [
          `${at === "" ? "the resource" : at.slice(0, -1)} has ${there.length === 0 ? "none" : "several"} of ${exactlyOneOf.join(", ")}. Give exactly one.`,
        ]
      : []),
    ...(isFirst(atLeastOneOf) && !atLeastOneOf.some(has)
      ? [`One of ${atLeastOneOf.map((other) => at + other).join(", ")} is missing. Give one.`]
      : []),
  ];
}

function valueProblems(fact: Facts, value: unknown, unknown: unknown, at: string): readonly string[] {
  if (value === unknown || fact.type === "asset") return [];
  if (fact.json === true) return jsonProblems(fact, value, at);
  if (fact.type === "object") {
    if (!isRecord(value)) return [`${at} is ${JSON.stringify(value)}; it has to be an object.`];
    const inside = fact.atLeastOneOf ?? [];
    const isLacking = inside.length > 0 && inside.every((name) => value[name] === undefined);
    const lacks = isLacking ? [`One of ${inside.map((name) => `${at}.${name}`).join(", ")} is missing. Give one.`] : [];
    return [...lacks, ...problemsOf(fact.properties ?? {}, value, unknown, `${at}.`)];
  }
  if (fact.type === "list" || fact.type === "set") return listProblems(fact, value, unknown, at);
  if (fact.type === "map")
    return isRecord(value) ? [] : [`${at} is ${JSON.stringify(value)}; it has to be an object of texts.`];
  return plainProblems(fact, value, at);
}

function listProblems(fact: Facts, value: unknown, unknown: unknown, at: string): readonly string[] {
  if (!Array.isArray(value)) return [`${at} is ${JSON.stringify(value)}; it has to be a list.`];
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, properties, of } = fact;
  const isWrong = value.length < minItems || value.length > maxItems;
  const size = isWrong ? [`${at} has ${value.length} items; allowed are ${rangeOf(minItems, maxItems)}.`] : [];
  const { minItems: _min, maxItems: _max, of: _of, type: _type, ...rest } = fact;
  const item: Facts = { ...rest, type: of === "object" || properties !== undefined ? "object" : "string" };
  return [...size, ...value.flatMap((each, index) => valueProblems(item, each, unknown, `${at}[${index}]`))];
}

function plainProblems(fact: Facts, value: unknown, at: string): readonly string[] {
  const shown = JSON.stringify(value);
  const wanted = fact.type === "integer" ? "number" : fact.type;
  // The engine's protocol carries "5" where a number is meant, and the provider takes it.
  const plain = wanted === "number" && typeof value === "string" && value !== "" ? Number(value) : value;
  const isRight =
    typeof plain === wanted && !Number.isNaN(plain) && (fact.type !== "integer" || Number.isInteger(plain));
  if (!isRight)
    return [`${at} is ${shown}; it has to be ${fact.type === "integer" ? "a whole number" : `a ${wanted}`}.`];
  return typeof plain === "string" ? textProblems(fact, plain, at) : numberProblems(fact, plain, at);
}

function numberProblems({ values, multipleOf, min, max }: Facts, value: unknown, at: string): readonly string[] {
  const isOfSteps = multipleOf !== undefined && Number(value) > 0 && Number(value) % multipleOf === 0;
  if (values !== undefined && !isOfSteps && !values.some((each) => String(each) === String(value))) {
    return [
      `${at} is ${String(value)}; allowed are ${values.join(", ")}${multipleOf === undefined ? "" : ` and multiples of ${multipleOf}`}.`,
    ];
  }
  const [low, high] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
  const isWithin = typeof value !== "number" || (value >= low && value <= high);
  return isWithin ? [] : [`${at} is ${String(value)}; allowed are ${rangeOf(min, max)}.`];
}

function textProblems(
  { values, minLength = 0, maxLength, pattern, arn }: Facts,
  value: string,
  at: string,
): readonly string[] {
  if (values !== undefined && !values.includes(value)) {
    return [`${at} is ${JSON.stringify(value)}; allowed are ${values.join(", ")}.`];
  }
  const isLong = value.length < minLength || value.length > (maxLength ?? Number.POSITIVE_INFINITY);
  return [
    ...(isLong ? [`${at} has ${value.length} characters; allowed are ${rangeOf(minLength, maxLength)}: ${value}`] : []),
    ...(pattern !== undefined && !new RegExp(pattern).test(value)
      ? [`${at} is ${JSON.stringify(value)}; it has to match ${pattern}.`]
      : []),
    ...(arn === true && value !== "" && !/^arn:[\w-]+:/.test(value)
      ? [`${at} is ${JSON.stringify(value)}; it has to be an ARN.`]
      : []),
  ];
}

function jsonProblems({ maxLength = Number.POSITIVE_INFINITY }: Facts, value: unknown, at: string): readonly string[] {
  if (typeof value !== "string") return [];
  if (!isRecord(meaningOf(value))) return [`${at} is no JSON of an object: ${value.slice(0, 60)}`];
  return value.length > maxLength ? [`${at} has ${value.length} characters; allowed are ${maxLength}.`] : [];
}

const rangeOf = (least: number | undefined, most: number | undefined): string =>
  most === undefined || most === Number.POSITIVE_INFINITY ? `${least} and more` : `${least ?? ""} to ${most}`;

/** Inputs with the defaults of their type, and JSON as text. */
export function written(facts: FactsByName, inputs: Data): Data {
  const said = Object.entries(inputs).map(([name, value]) => [name, writtenValue(facts[name], value)] as const);
  const added = Object.entries(facts)
    .filter(([name, fact]) => fact.default !== undefined && fact.default !== null && inputs[name] === undefined)
    .map(([name, fact]) => [name, fact.default] as const);
  return Object.fromEntries([...said, ...added]);
}

function writtenValue(fact: Facts | undefined, value: unknown): unknown {
  if (fact?.json === true) return typeof value === "string" ? value : JSON.stringify(value);
  if (fact?.properties === undefined) return value;
  if (Array.isArray(value))
    return value.map((each) => (isRecord(each) ? written(recordOf(fact.properties) as FactsByName, each) : each));
  return isRecord(value) ? written(fact.properties, value) : value;
}
