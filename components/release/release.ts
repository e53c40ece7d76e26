import { resolveGuards, type WrittenGuard } from "../guards/index.ts";
import { checkReferences } from "./cross-checks.ts";
import type { Model } from "./document.ts";
import { broughtBy, resolveKind } from "./kind.ts";
import { archiveKinds, modelRegistryKinds, monitorKinds, platformKinds, runtimeKinds, sourceKinds } from "./kinds.ts";
import { checkPlainData } from "./plain-data.ts";
import { type Problem, ReleaseError } from "./problems.ts";
import type { ResolvedRelease, ResolvedRollout, ResolvedVersion, TrafficStep } from "./resolved.ts";
import { type FilledRelease, releaseSchema } from "./schema.ts";
import { checkStructure } from "./structure-problems.ts";
import * as units from "./units.ts";

/** Where a release stands in stack configuration unless a program says otherwise. */
export const defaultPath = "model-lifecycle:release";

/** Lists everything wrong with a release document, in the order of the document's sections; empty when there is nothing. */
export function checkRelease(data: unknown, options: { readonly path?: string } = {}): readonly Problem[] {
  const root = options.path ?? defaultPath;
  const foreign = checkPlainData(data, root);
  const structural = checkStructure(data, root).filter(
    ({ path }) => !foreign.some((other) => isWithin(path, other.path)),
  );
  const malformed = [...foreign, ...structural];
  const crossed = checkReferences(data, root).filter(
    ({ path }) => !malformed.some((other) => isWithin(path, other.path)),
  );
  return [...malformed, ...crossed];
}

/**
 * Reads a release document as it comes from stack configuration.
 * @param options.path How problems name the document. @default "model-lifecycle:release"
 * @throws ReleaseError with every problem.
 */
export function parseRelease(data: unknown, options: { readonly path?: string } = {}): ResolvedRelease {
  const read = examineRelease(data, options);
  if (read.release === undefined) throw new ReleaseError(read.problems);
  return read.release;
}

/** A document as its readers want it, or everything that is wrong with it. */
export type ExaminedRelease =
  | { readonly release: ResolvedRelease; readonly problems?: never }
  | { readonly release?: never; readonly problems: readonly Problem[] };

/** The same for who tells its problems otherwise than by an error: the document is gone through once. */
export function examineRelease(data: unknown, options: { readonly path?: string } = {}): ExaminedRelease {
  const problems = checkRelease(data, options);
  if (problems.length > 0) return { problems };
  return { release: resolveRelease(releaseSchema.parse(data), options.path ?? defaultPath) };
}

/** Whether a path is another one or lies below it. */
function isWithin(path: string, other: string): boolean {
  return path === other || (path.startsWith(other) && (path[other.length] === "." || path[other.length] === "["));
}

function resolveRelease(release: FilledRelease, origin: string): ResolvedRelease {
  const { model, platform, versions, rollout, retirement, consumers, modelRegistry } = release;
  const brought = broughtBy(platformKinds, platform);
  const { archive = brought.archive, monitor = brought.monitor } = release;
  return {
    model: definedOnly(model),
    noticeMs: units.parseDuration(model.notice ?? NOTICE_BY_TIER[model.riskTier]),
    platform: resolveKind(platformKinds, platform),
    versions: mapValues(versions, (version, name) => resolveVersion(version, retirement[name]?.phase !== "retired")),
    rollout: resolveRollout(rollout),
    retirement,
    ...(archive === undefined ? {} : { archive: resolveKind(archiveKinds, archive) }),
    ...(monitor === undefined ? {} : { monitor: resolveKind(monitorKinds, monitor) }),
    ...(modelRegistry === undefined ? {} : { modelRegistry: resolveKind(modelRegistryKinds, modelRegistry) }),
    consumers,
    origin,
  };
}

const NOTICE_BY_TIER: Readonly<Record<Model["riskTier"], units.Duration>> = {
  low: "7 days",
  medium: "30 days",
  high: "90 days",
};

function resolveVersion(
  { source, serve, checks }: FilledRelease["versions"][string],
  deployed: boolean,
): ResolvedVersion {
  const { golden, floor, latency } = checks;
  const from = "from" in source ? source.from : undefined;
  return {
    source: resolveKind(sourceKinds, source),
    ...(from === undefined ? {} : { from }),
    ...(serve === undefined ? {} : { serve: resolveKind(runtimeKinds, serve) }),
    checks: definedOnly({
      golden,
      floor: mapValues(floor, units.parseShare),
      latencyMs: latency && units.parseDuration(latency),
    }),
    deployed,
  };
}

function resolveRollout(rollout: FilledRelease["rollout"]): ResolvedRollout {
  const { stable, override, previous, candidate, weight, sticky } = rollout;
  const written = rollout.guards.map(readGuard);
  const guards = resolveGuards(written);
  return definedOnly({
    stable,
    override: override?.reason,
    previous,
    candidate,
    weight: weight && resolveStep(weight),
    attempt: rollout.attempt,
    steps: rollout.steps.map(resolveStep),
    advance: rollout.advance,
    guards,
    guardIndexes: indexesOf(guards, written),
    holdBack: units.parsePercent(rollout.holdBack),
    harmBudget: units.parsePercent(rollout.harmBudget),
    warmUpMs: units.parseDuration(rollout.warmUp),
    bakeMs: units.parseDuration(rollout.bake),
    maxDurationMs: units.parseDuration(rollout.maxDuration),
    onInconclusive: rollout.onInconclusive,
    alpha: units.parseRelative(rollout.alpha),
    beta: units.parseRelative(rollout.beta),
    stickyHeader: sticky?.header.toLowerCase(),
  });
}

/** Where each guard, or the one before it that brought it along, stands in the document. */
function indexesOf(guards: readonly WrittenGuard[], written: readonly WrittenGuard[]): readonly number[] {
  const metrics = written.map(({ metric }) => metric);
  let last = 0;
  return guards.map(({ metric }) => {
    const index = metrics.indexOf(metric);
    if (index >= 0) last = index;
    return last;
  });
}

function resolveStep(step: units.Percent | "shadow"): TrafficStep {
  return step === "shadow" ? { kind: "shadow" } : { kind: "weight", weight: units.parsePercent(step) };
}

function readGuard({
  metric,
  direction,
  margin,
  designEffect,
  matures,
  range,
  importance,
  groups,
}: FilledRelease["rollout"]["guards"][number]): WrittenGuard {
  return {
    metric,
    direction,
    margin: units.parseMargin(margin),
    designEffect: Number(designEffect),
    ...(matures !== undefined && { maturesMs: units.parseDuration(matures) }),
    ...(range !== undefined && { range: units.parseRange(range) }),
    ...(importance !== undefined && importance !== "normal" && { importance }),
    ...(groups !== undefined && { groups }),
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function definedOnly<T extends object>(record: T): Defined<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>;
}
