import { createJudge, GUARD_SHAPES, type Guard, type JudgeSettings, soundGuard } from "../analysis/index.ts";
import type { PathSegment, Problem } from "../release/problems.ts";
import { type Fields, isFields, problem } from "./finding.ts";

/** More steps than any rollout has would only take the judge's memory. */
const MOST_STEPS = 1_000;

/** What is wrong with the settings of a judge; what they may be, the judge itself says. */
export function checkSettings(settings: unknown): readonly Problem[] {
  const at = ["settings"];
  if (!isFields(settings)) return [problem(at, settings, "the settings of the judge")];
  const { guards, steps } = settings;
  if (!Array.isArray(guards) || guards.length === 0) return [problem([...at, "guards"], guards, "a list of guards")];
  if (typeof steps === "number" && steps > MOST_STEPS) {
    return [problem([...at, "steps"], steps, `at most ${MOST_STEPS}`)];
  }
  const misshapen = [
    ...checkValues(at, settings),
    ...guards.flatMap((guard, i) => checkShape([...at, "guards", i], guard)),
  ];
  if (misshapen.length > 0) return misshapen;
  const [first] = guards;
  const general = { ...settings, guards: [soundGuard(first.name)] };
  const each = guards.flatMap((guard, i) => refusals([...at, "guards", i], { guards: [guard] }));
  const rest = refusals(at, general as unknown as JudgeSettings);
  const found = [...each, ...rest];
  return found.length > 0 ? found : refusals([...at, "guards"], settings as unknown as JudgeSettings);
}

/** The shape that the judge takes for granted. */
function checkShape(at: readonly PathSegment[], guard: unknown): readonly Problem[] {
  if (!isFields(guard)) return [problem(at, guard, "a guard")];
  const { name, kind, direction, margin } = guard;
  const kinds = Object.entries(GUARD_SHAPES);
  const shapes = kinds.flatMap(([each, shape]) => (each === kind ? [shape] : []));
  const allowed = shapes.length > 0 ? shapes : kinds.map(([, shape]) => shape);
  const namesIn = (of: "directions" | "margins") => [...new Set(allowed.flatMap((shape) => shape[of]))];
  const { kind: marginKind, value }: Fields = isFields(margin) ? margin : {};
  const oneOf = (where: string, seen: unknown, allowed: readonly string[]) =>
    allowed.some((each) => each === seen) ? [] : [problem([...at, ...where.split(".")], seen, allowed.join(", "))];
  return [
    ...(typeof name === "string" && name !== "" ? [] : [problem([...at, "name"], name, "a name")]),
    ...oneOf("kind", kind, Object.keys(GUARD_SHAPES)),
    ...oneOf("direction", direction, namesIn("directions")),
    ...oneOf("margin.kind", marginKind, namesIn("margins")),
    ...(typeof value === "number" ? [] : [problem([...at, "margin", "value"], value, "a number")]),
    ...(guard.ladder === undefined || Array.isArray(guard.ladder)
      ? []
      : [problem([...at, "ladder"], guard.ladder, "a list")]),
  ];
}

/** Deeper than the settings of any judge. */
const DEEPEST = 8;

/** The language would reckon with `null` and with `"5"` as with numbers. */
function checkValues(at: readonly PathSegment[], value: unknown): readonly Problem[] {
  if (value === null) return [problem(at, value, "something, or nothing at all")];
  if (at.length > DEEPEST) return [problem(at, value, `at most ${DEEPEST} levels`)];
  if (Array.isArray(value)) return value.flatMap((each, i) => checkValues([...at, i], each));
  if (isFields(value)) return Object.entries(value).flatMap(([name, each]) => checkValues([...at, name], each));
  const isQuoted =
    typeof value === "string" && at.at(-1) !== "name" && value.trim() !== "" && !Number.isNaN(Number(value));
  return isQuoted ? [problem(at, value, "a number, without quotes")] : [];
}

function refusals(
  at: readonly PathSegment[],
  settings: JudgeSettings | { readonly guards: readonly Guard[] },
): readonly Problem[] {
  try {
    createJudge(settings);
    return [];
  } catch (error) {
    return [problem(at, undefined, `what the judge takes: ${error instanceof Error ? error.message : error}`)];
  }
}
