import type { TrafficPlan } from "../traffic/plan.ts";
import { expect, type Fields, isSpan, isText, list, object, oneOf, PlanError } from "./fields.ts";
import { isJudged, judgesOf } from "./judges.ts";

/**
 * Reads a plan that came over a wire or lay in a file: every field that decisions rest on is checked before it is kept
 * or obeyed, what the judge would refuse included.
 * @param at where it stands, for messages: `plan`
 * @throws PlanError naming the field, what was seen and what is allowed
 */
export function readPlan(at: string, value: unknown): TrafficPlan {
  const fields = object(at, value);
  const versions = object(`${at}.versions`, fields.versions);
  const rollout = object(`${at}.rollout`, fields.rollout);
  for (const [name, version] of Object.entries(versions)) {
    const { content } = object(`${at}.versions.${name}`, version);
    expect(`${at}.versions.${name}.content`, content, isText(content), "the pin of a content");
  }
  checkNotices(`${at}.notices`, object(`${at}.notices`, fields.notices));
  expect(`${at}.model`, fields.model, isText(fields.model), "a name");
  for (const role of ["stable", "candidate", "previous"] as const) {
    const version = fields[role];
    if (version === undefined && role !== "stable") continue;
    const isDeployed = typeof version === "string" && Object.hasOwn(versions, version);
    expect(`${at}.${role}`, version, isDeployed, `one of ${at}.versions (${Object.keys(versions).join(", ")})`);
  }
  const { weight, shadow } = fields;
  expect(`${at}.weight`, weight, isWeight(weight), WEIGHTS);
  expect(`${at}.shadow`, shadow, typeof shadow === "boolean", "true or false");
  for (const text of ["override", "stickyHeader"] as const) {
    expect(`${at}.${text}`, fields[text], fields[text] === undefined || isText(fields[text]), "a text");
  }
  for (const span of ["deadlineMs", "noticeMs"] as const) {
    expect(`${at}.${span}`, fields[span], fields[span] === undefined || isSpan(fields[span]), "0 ms or more");
  }
  checkRollout(`${at}.rollout`, rollout, fields.candidate !== undefined);
  const plan = value as TrafficPlan;
  checkJudges(`${at}.rollout.guards`, plan);
  return plan;
}

function checkNotices(path: string, notices: Fields): void {
  for (const [name, notice] of Object.entries(notices)) {
    const at = `${path}.${name}`;
    const { phase, sunset, successor } = object(at, notice);
    oneOf(`${at}.phase`, phase, ["deprecated", "archived", "retired"]);
    const isTime = typeof sunset === "string" && Number.isFinite(Date.parse(sunset));
    expect(`${at}.sunset`, sunset, isTime, "a time such as 2026-12-31T00:00:00Z");
    expect(`${at}.successor`, successor, typeof successor === "string", "the name of a version");
  }
}

function checkRollout(at: string, rollout: Fields, isTried: boolean): void {
  const { identity, attempt, steps, guards } = rollout;
  expect(`${at}.identity`, identity, typeof identity === "string" && (!isTried || identity !== ""), "a text");
  expect(`${at}.attempt`, attempt, typeof attempt === "string" && Number(attempt) >= 1, "a whole number as text");
  oneOf(`${at}.advance`, rollout.advance, ["automatic", "manual"]);
  oneOf(`${at}.onInconclusive`, rollout.onInconclusive, ["hold", "rollback", "promote"]);
  for (const span of ["bakeMs", "maxDurationMs"] as const) {
    expect(`${at}.${span}`, rollout[span], isSpan(rollout[span]), "a number of ms, 0 or more");
  }
  for (const chance of ["alpha", "beta"] as const) {
    const value = rollout[chance];
    expect(`${at}.${chance}`, value, isNumber(value) && value > 0 && value < 1, "above 0, below 1");
  }
  for (const [i, step] of list(`${at}.steps`, steps).entries()) {
    const here = `${at}.steps[${i}]`;
    const { kind, weight } = object(here, step);
    oneOf(`${here}.kind`, kind, ["shadow", "weight"]);
    if (kind === "weight") expect(`${here}.weight`, weight, isWeight(weight), WEIGHTS);
  }
  for (const [i, guard] of list(`${at}.guards`, guards).entries()) checkGuard(`${at}.guards[${i}]`, guard);
}

/** Also what the judge would refuse, once every field is what it seems. */
function checkJudges(at: string, plan: TrafficPlan): void {
  if (!isJudged(plan)) return;
  try {
    judgesOf(plan.rollout);
  } catch (error) {
    throw new PlanError(`${at}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checkGuard(at: string, guard: unknown): void {
  const { metric, source, direction, margin, designEffect, range, ladder, importance } = object(at, guard);
  expect(`${at}.metric`, metric, isText(metric), "the name of a metric");
  oneOf(`${at}.source`, source, ["requests", "feedback"]);
  oneOf(`${at}.direction`, direction, ["increase", "decrease", "either"]);
  const { kind, value } = object(`${at}.margin`, margin);
  oneOf(`${at}.margin.kind`, kind, ["absolute", "relative"]);
  expect(`${at}.margin.value`, value, isNumber(value) && value >= 0, "0 or more");
  expect(`${at}.designEffect`, designEffect, isNumber(designEffect) && designEffect >= 1, "1 or more");
  if (importance !== undefined) oneOf(`${at}.importance`, importance, ["critical", "information"]);
  const isLadder = ladder === undefined || list(`${at}.ladder`, ladder).every((ms) => isNumber(ms) && ms > 0);
  expect(`${at}.ladder`, ladder, isLadder, "numbers above 0, in ms");
  if (range === undefined) return;
  const { least, most } = object(`${at}.range`, range);
  const isRange = isNumber(least) && isNumber(most) && least < most;
  expect(`${at}.range`, range, isRange, "least and most, two numbers that rise");
}

const WEIGHTS = "a whole number of basis points from 0 to 10000";
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isWeight = (value: unknown): boolean =>
  isNumber(value) && Number.isInteger(value) && value >= 0 && value <= 10_000;
