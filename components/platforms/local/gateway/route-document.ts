import { isJudged, judgesOf } from "../../../rollout/index.ts";
import { contentForm, isContent, withContent } from "../../../sources/content.ts";
import type { TrafficPlan } from "../../../traffic/plan.ts";

/** A plan, and where its versions answer. */
export interface RouteDocument {
  readonly plan: TrafficPlan;
  /** The socket of each version, relative to the state folder. */
  readonly servers: Readonly<Record<string, string>>;
}

/** What came is not a plan and its servers. */
export class RouteDocumentError extends Error {}

/**
 * Reads what came to PUT /admin/route, or stands in the gateway's file: every field that the gateway reads is checked
 * before it is written or obeyed.
 * @throws RouteDocumentError naming the field, what was seen and what is allowed.
 */
export function parseRouteDocument(document: unknown): RouteDocument {
  const { plan, servers } = object("body", document);
  const fields = object("plan", plan);
  const versions = readVersions(object("plan.versions", fields.versions));
  const rollout = object("plan.rollout", fields.rollout);
  checkNotices(object("plan.notices", fields.notices));
  expect("plan.model", fields.model, typeof fields.model === "string" && fields.model !== "", "a name");
  for (const role of ["stable", "candidate", "previous"] as const) {
    const version = fields[role];
    if (version === undefined && role !== "stable") continue;
    const isDeployed = typeof version === "string" && Object.hasOwn(versions, version);
    expect(`plan.${role}`, version, isDeployed, `one of plan.versions (${Object.keys(versions).join(", ")})`);
  }
  const { weight, shadow } = fields;
  expect("plan.weight", weight, isWeight(weight), WEIGHTS);
  expect("plan.shadow", shadow, typeof shadow === "boolean", "true or false");
  for (const text of ["override", "stickyHeader"] as const) {
    expect(`plan.${text}`, fields[text], fields[text] === undefined || isText(fields[text]), "a text");
  }
  for (const span of ["deadlineMs", "noticeMs"] as const) {
    expect(`plan.${span}`, fields[span], fields[span] === undefined || isSpan(fields[span]), "0 ms or more");
  }
  checkRollout(rollout, fields.candidate !== undefined);
  const sockets = object("servers", servers);
  for (const [version, socket] of Object.entries(sockets)) {
    expect(`servers.${version}`, socket, typeof socket === "string" && socket !== "", "the path of a socket");
  }
  expect("servers", sockets, Object.hasOwn(sockets, String(fields.stable)), `a socket for ${fields.stable}`);
  const parsed = document as RouteDocument;
  checkJudges(parsed.plan);
  return { ...parsed, plan: { ...parsed.plan, versions } };
}

function readVersions(versions: Fields): TrafficPlan["versions"] {
  const read = Object.entries(versions).map(([name, version]) => {
    const { content, ...rest } = withContent(object(`plan.versions.${name}`, version));
    if (!isContent(content)) throw unexpected(`plan.versions.${name}.content`, content, contentForm);
    return [name, { ...rest, content }] as const;
  });
  return Object.fromEntries(read);
}

function checkNotices(notices: Fields): void {
  for (const [name, notice] of Object.entries(notices)) {
    const at = `plan.notices.${name}`;
    const { phase, sunset, successor } = object(at, notice);
    oneOf(`${at}.phase`, phase, ["deprecated", "archived", "retired"]);
    const isTime = typeof sunset === "string" && Number.isFinite(Date.parse(sunset));
    expect(`${at}.sunset`, sunset, isTime, "a time such as 2026-12-31T00:00:00Z");
    expect(`${at}.successor`, successor, typeof successor === "string", "the name of a version");
  }
}

function checkRollout(rollout: Fields, isTried: boolean): void {
  const { identity, attempt, steps, guards } = rollout;
  expect("plan.rollout.identity", identity, typeof identity === "string" && (!isTried || identity !== ""), "a text");
  expect(
    "plan.rollout.attempt",
    attempt,
    typeof attempt === "string" && Number(attempt) >= 1,
    "a whole number as text",
  );
  oneOf("plan.rollout.advance", rollout.advance, ["automatic", "manual"]);
  oneOf("plan.rollout.onInconclusive", rollout.onInconclusive, ["hold", "rollback", "promote"]);
  for (const span of ["bakeMs", "maxDurationMs"] as const) {
    expect(`plan.rollout.${span}`, rollout[span], isSpan(rollout[span]), "a number of ms, 0 or more");
  }
  for (const chance of ["alpha", "beta"] as const) {
    const value = rollout[chance];
    expect(`plan.rollout.${chance}`, value, isNumber(value) && value > 0 && value < 1, "above 0, below 1");
  }
  for (const [i, step] of list("plan.rollout.steps", steps).entries()) {
    const at = `plan.rollout.steps[${i}]`;
    const { kind, weight } = object(at, step);
    oneOf(`${at}.kind`, kind, ["shadow", "weight"]);
    if (kind === "weight") expect(`${at}.weight`, weight, isWeight(weight), WEIGHTS);
  }
  for (const [i, guard] of list("plan.rollout.guards", guards).entries())
    checkGuard(`plan.rollout.guards[${i}]`, guard);
}

/** Also what the judge would refuse, once every field is what it seems. */
function checkJudges(plan: TrafficPlan): void {
  if (!isJudged(plan)) return;
  try {
    judgesOf(plan.rollout);
  } catch (error) {
    throw new RouteDocumentError(`plan.rollout.guards: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function checkGuard(at: string, guard: unknown): void {
  const { metric, source, direction, margin, designEffect, range, importance } = object(at, guard);
  expect(`${at}.metric`, metric, isText(metric), "the name of a metric");
  oneOf(`${at}.source`, source, ["requests", "feedback"]);
  oneOf(`${at}.direction`, direction, ["increase", "decrease", "either"]);
  const { kind, value } = object(`${at}.margin`, margin);
  oneOf(`${at}.margin.kind`, kind, ["absolute", "relative"]);
  expect(`${at}.margin.value`, value, isNumber(value) && value >= 0, "0 or more");
  expect(`${at}.designEffect`, designEffect, isNumber(designEffect) && designEffect >= 1, "1 or more");
  if (importance !== undefined) oneOf(`${at}.importance`, importance, ["critical", "information"]);
  if (range === undefined) return;
  const { least, most } = object(`${at}.range`, range);
  const isRange = isNumber(least) && isNumber(most) && least < most;
  expect(`${at}.range`, range, isRange, "least and most, two numbers that rise");
}

const WEIGHTS = "a whole number of basis points from 0 to 10000";
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isSpan = (value: unknown): boolean => isNumber(value) && value >= 0;
const isWeight = (value: unknown): boolean =>
  isNumber(value) && Number.isInteger(value) && value >= 0 && value <= 10_000;

function oneOf(path: string, seen: unknown, allowed: readonly string[]): void {
  expect(path, seen, typeof seen === "string" && allowed.includes(seen), allowed.join(", "));
}

function list(path: string, value: unknown): readonly unknown[] {
  expect(path, value, Array.isArray(value), "a list");
  return value as readonly unknown[];
}

type Fields = Readonly<Record<string, unknown>>;

function object(path: string, value: unknown): Fields {
  expect(path, value, typeof value === "object" && value !== null && !Array.isArray(value), "an object");
  return value as Fields;
}

function expect(path: string, seen: unknown, holds: boolean, allowed: string): void {
  if (!holds) throw unexpected(path, seen, allowed);
}

const unexpected = (path: string, seen: unknown, allowed: string): RouteDocumentError =>
  new RouteDocumentError(`${path}: saw ${JSON.stringify(seen)?.slice(0, 200)}; allowed is ${allowed}`);
