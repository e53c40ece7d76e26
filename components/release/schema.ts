import type { z } from "zod";
import type {
  ChecksDocument,
  Consumer,
  GuardDocument,
  Release,
  RolloutDocument,
  RuntimeDocument,
  SourceDocument,
} from "./document.ts";
import { byKind } from "./kind.ts";
import { archiveKinds, modelRegistryKinds, monitorKinds, platformKinds, runtimeKinds, sourceKinds } from "./kinds.ts";
import { rolloutTimes } from "./rollout-times.ts";
import * as scalars from "./scalars.ts";
import { byName, listOf, optional, section } from "./section.ts";

type Filled<T, K extends keyof T> = T & Required<Pick<T, K>>;

type DefaultedRollout =
  | "attempt"
  | "steps"
  | "advance"
  | "holdBack"
  | "harmBudget"
  | "warmUp"
  | "bake"
  | "maxDuration"
  | "onInconclusive"
  | "alpha"
  | "beta";

/** A release document with its defaults filled in and its units still as written. */
export interface FilledRelease extends Release {
  readonly versions: Readonly<
    Record<
      string,
      {
        readonly source: SourceDocument;
        readonly serve?: RuntimeDocument;
        readonly checks: Filled<ChecksDocument, "floor">;
      }
    >
  >;
  readonly rollout: Filled<RolloutDocument, DefaultedRollout> & {
    readonly guards: readonly Filled<GuardDocument, "designEffect">[];
  };
  readonly retirement: NonNullable<Release["retirement"]>;
  readonly consumers: readonly Consumer[];
}

const versionName = scalars.label(20, "v1");

const version = section("VersionDocument", {
  source: byKind(sourceKinds),
  serve: optional(byKind(runtimeKinds)),
  checks: section("ChecksDocument", {
    golden: optional(scalars.path("models/v1/golden.jsonl")),
    floor: byName(scalars.metric, scalars.share, "metrics and their least shares").default({}),
    latency: optional(scalars.duration("50 ms")),
  }).default({ floor: {} }),
});

const guard = section("GuardDocument", {
  metric: scalars.metric,
  margin: scalars.margin,
  direction: optional(scalars.choice("increase", "decrease", "either")),
  source: optional(scalars.choice("requests", "feedback")),
  designEffect: scalars.designEffect.default("1"),
  matures: optional(scalars.duration("1 minute")),
  range: optional(scalars.valueRange),
  importance: optional(scalars.choice("critical", "normal", "information")),
  groups: optional(
    listOf(scalars.label(40, "young"), { least: 2, most: 20 }, "a list of 2 to 20 groups", '["young", "old"]'),
  ),
});

const steps = listOf(
  scalars.step(1),
  { least: 1, most: 20 },
  'a list of 1 to 20 shares, strictly increasing; "shadow" may only be the first',
  '["5%", "25%", "50%", "100%"]',
);

const rollout = section("RolloutDocument", {
  stable: versionName,
  override: optional(
    section("OverrideDocument", {
      stable: versionName,
      reason: scalars.line(200, "hotfix of ticket 4711, tested offline"),
    }),
  ),
  previous: optional(versionName),
  candidate: optional(versionName),
  weight: optional(scalars.step(0)),
  attempt: scalars.integer('a whole number from "1" to "99999"', "2", 1, 99_999).default("1"),
  steps: steps.default(["5%", "25%", "50%", "100%"]),
  advance: scalars.choice("automatic", "manual").default("automatic"),
  guards: listOf(guard, { most: 20 }, "a list of at most 20 guards").default([]),
  holdBack: scalars.percent(0).default("5%"),
  harmBudget: scalars.percent(1).default("1%"),
  warmUp: scalars.duration("30 seconds").default("30 seconds"),
  bake: scalars.duration(rolloutTimes.bake).default(rolloutTimes.bake),
  maxDuration: scalars.duration(rolloutTimes.maxDuration).default(rolloutTimes.maxDuration),
  onInconclusive: scalars.choice("hold", "rollback", "promote").default("hold"),
  alpha: scalars.percent(1).default("1%"),
  beta: scalars.percent(1).default("5%"),
  sticky: optional(section("StickyDocument", { header: scalars.headerName })),
});

const retirement = section("RetirementDocument", {
  phase: scalars.choice("deprecated", "archived", "retired"),
  sunset: scalars.timestamp,
  successor: versionName,
});

const consumer = section("Consumer", {
  name: scalars.label(63, "checkout"),
  contact: scalars.line(200, "checkout-team@example.com"),
  versions: listOf(versionName, { least: 1, most: 100 }, "a list of 1 to 100 versions"),
});

const release = section(
  "Release",
  {
    model: section("Model", {
      name: scalars.label(40, "sentiment"),
      owner: scalars.line(100, "nlp-platform"),
      task: optional(scalars.label(63, "text-classification")),
      riskTier: scalars.choice("low", "medium", "high"),
      notice: optional(scalars.duration("7 days")),
    }),
    platform: byKind(platformKinds),
    versions: byName(versionName, version, "versions by name, at least one").refine(
      (versions) => Object.keys(versions).length > 0,
    ),
    rollout,
    retirement: byName(versionName, retirement, "versions on their way out, by name").default({}),
    archive: optional(byKind(archiveKinds)),
    monitor: optional(byKind(monitorKinds)),
    modelRegistry: optional(byKind(modelRegistryKinds)),
    consumers: listOf(consumer, { most: 1000 }, "a list of at most 1000 consumers").default([]),
  },
  "Write one: mlc init",
);

/** The structure of a release document: keys, types and formats. What fields ask of each other is in cross-checks.ts. */
export const releaseSchema: z.ZodType<FilledRelease> = release;
