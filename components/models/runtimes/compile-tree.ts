import { z } from "zod";
import type { Precision } from "../manifest.ts";
import { above } from "./next-number.ts";
import type { Compiled } from "./tree.ts";

/** What the nodes of a forest are compared with. */
export interface Forest {
  readonly inputs: readonly string[];
  readonly precision: Precision;
  readonly missing: boolean;
  /** Numbers of a leaf. */
  readonly values: number;
}

const someNode = z.looseObject({}, "expected a leaf { value } or a split { feature, below, yes, no }");
const leaf = z.strictObject({ value: z.number() });
const wideLeaf = (length: number) => z.strictObject({ value: z.array(z.number()).length(length) });
const branches = { feature: z.string(), missing: z.enum(["yes", "no"]).exactOptional(), yes: someNode, no: someNode };
const split = z.strictObject({ below: z.number(), ...branches });
const splitUpTo = z.strictObject({ atMost: z.number(), ...branches });

type Path = readonly (string | number)[];

/** @throws z.ZodError with the path of what does not fit */
export function compileTree(node: object, forest: Forest, path: Path): Compiled {
  if ("value" in node) {
    if (forest.values > 1) return parsed(wideLeaf(forest.values), node, path).value;
    return [parsed(leaf, node, path).value];
  }
  const { feature, yes, no, missing, question, threshold } = splitOf(node, path);
  const refuse = (key: string, message: string): never => {
    throw new z.ZodError([{ code: "custom", path: [...path, key], message, input: node }]);
  };
  const { inputs, precision } = forest;
  const input = inputs.indexOf(feature);
  if (input < 0) refuse("feature", `"${feature}" is not among the inputs ${inputs.join(", ")}`);
  if (forest.missing && missing === undefined)
    refuse("missing", 'expected "yes" or "no": model.json allows missing features');
  if (!forest.missing && missing !== undefined) refuse("missing", 'model.json does not say "missing": "allowed"');
  const below = belowOf(question, threshold, precision);
  if (precision === "float32" && !Number.isFinite(Math.fround(threshold)))
    refuse(question, `expected a number that ${precision} holds`);
  return {
    ...{ input, below, missing: missing === "yes" },
    ...{ yes: compileTree(yes, forest, [...path, "yes"]), no: compileTree(no, forest, [...path, "no"]) },
  };
}

function splitOf(node: object, path: Path) {
  if ("atMost" in node) {
    const { atMost, ...others } = parsed(splitUpTo, node, path);
    return { ...others, question: "atMost" as const, threshold: atMost };
  }
  const { below, ...others } = parsed(split, node, path);
  return { ...others, question: "below" as const, threshold: below };
}

/** `x <= t` is `x < the next number above t`; among 32-bit numbers also where t itself is none. */
function belowOf(question: "below" | "atMost", threshold: number, precision: Precision): number {
  if (question === "atMost") return above(threshold, precision);
  return precision === "float32" ? Math.fround(threshold) : threshold;
}

function parsed<T>(schema: z.ZodType<T>, node: object, path: Path): T {
  const result = schema.safeParse(node);
  if (result.success) return result.data;
  throw new z.ZodError(result.error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })));
}
