import { z } from "zod";
import type { Release } from "./document.ts";
import * as units from "./units.ts";

/** What a problem at a field says: kept beside its schema, so that message and rule cannot part. */
export interface FieldNote {
  readonly allowed: string;
  /** As it would stand in YAML. */
  readonly example: string;
  /** What the writer most likely meant, as the string to put there. */
  readonly suggest?: (seen: string) => string | undefined;
  /** Replaces the usual cure where a command is the better one. */
  readonly cure?: string;
  /** The interface in document.ts whose docstrings describe the fields. */
  readonly describedBy?: string;
}

export const fieldNotes: z.core.$ZodRegistry<FieldNote> = z.registry<FieldNote>();

function note<T extends z.ZodType>(schema: T, fieldNote: FieldNote): T {
  fieldNotes.add(schema, fieldNote);
  return schema;
}

function scalar<T extends string = string>(
  fieldNote: FieldNote,
  pattern: RegExp,
  holds: (value: string) => boolean = () => true,
): z.ZodType<T, T> {
  return note(z.string().regex(pattern).refine(holds) as unknown as z.ZodType<T, T>, fieldNote);
}

/** A program may write `candidate: undefined`, so it is let in; the types hold without it. */
function optional<T extends z.ZodType>(schema: T): z.ZodExactOptional<T> {
  return schema.optional() as unknown as z.ZodExactOptional<T>;
}

function choice<const T extends readonly [string, ...string[]]>(...words: T): z.ZodEnum<{ [K in T[number]]: K }> {
  return note(z.enum(words), {
    allowed: words.length === 1 ? words[0] : `one of ${words.join(", ")}`,
    example: words[0],
  });
}

function section<S extends z.core.$ZodShape>(describedBy: string, shape: S): z.ZodObject<S, z.core.$strict> {
  return note(z.strictObject(shape), {
    allowed: `the keys ${Object.keys(shape).join(", ")}`,
    example: "{ … }",
    describedBy,
  });
}

function named<V extends z.ZodType>(key: z.ZodType<string, string>, value: V, allowed: string, example: string) {
  return note(z.record(key, value), { allowed, example });
}

/** Turns a name into the nearest one that fits: "V1.2" → "v1-2". */
function toLabel(limit: number): (seen: string) => string | undefined {
  return (seen) => {
    const label = seen
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^[0-9]/, "v$&")
      .slice(0, limit)
      .replace(/^-+|-+$/g, "");
    return /^[a-z]/.test(label) ? label : undefined;
  };
}

function label(limit: number, example: string): z.ZodType<string, string> {
  return scalar(
    {
      allowed: `lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen, at most ${limit} characters`,
      example: `"${example}"`,
      suggest: toLabel(limit),
    },
    /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
    (value) => value.length <= limit,
  );
}

function line(limit: number, example: string): z.ZodType<string, string> {
  return scalar(
    {
      allowed: `one line of text, 1 to ${limit} characters`,
      example: `"${example}"`,
      suggest: (seen) =>
        seen
          .trim()
          .split(/\s*\n\s*/)
          .join(" "),
    },
    /^\S(?:[^\n\r]*\S)?$/,
    (value) => value.length <= limit,
  );
}

function path(example: string): z.ZodType<string, string> {
  return scalar(
    {
      allowed: 'a path relative to the project\'s folder, with forward slashes, without "." or ".." in it',
      example: `"${example}"`,
      suggest: (seen) =>
        seen
          .replaceAll("\\", "/")
          .split("/")
          .filter((part) => part !== "" && part !== "." && part !== "..")
          .join("/"),
    },
    /^(?!\/)(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\\\0\n\r]*[^\\\0\n\r/]$/,
  );
}

function integer(allowed: string, example: string, least: number, most: number): z.ZodType<string, string> {
  return scalar(
    { allowed, example: `"${example}"` },
    /^[1-9]\d{0,4}$/,
    (value) => Number(value) >= least && Number(value) <= most,
  );
}

const percentAllowed = "at most two decimals and a per cent sign";
const suggestPercent = (seen: string): string | undefined =>
  /^\s*(\d+(?:\.\d{1,2})?)\s*%?\s*$/.exec(seen)?.[1]?.concat("%");

function percent(): z.ZodType<units.Percent, units.Percent> {
  return scalar(
    { allowed: `more than "0%", at most "50%", ${percentAllowed}`, example: '"1%"', suggest: suggestPercent },
    units.percentPattern,
    (value) => units.parsePercent(value as units.Percent) > 0 && units.parsePercent(value as units.Percent) <= 5000,
  );
}

function step(least: number): z.ZodType<units.Percent | "shadow", units.Percent | "shadow"> {
  return scalar(
    {
      allowed: `"shadow", or a share ${least === 0 ? 'from "0%"' : 'above "0%"'} to "100%", ${percentAllowed}`,
      example: '"5%"',
      suggest: (seen) => (seen.toLowerCase() === "shadow" ? "shadow" : suggestPercent(seen)),
    },
    new RegExp(`^shadow$|${units.percentPattern.source}`),
    (value) => value === "shadow" || units.parsePercent(value as units.Percent) >= least,
  );
}

function duration(example: units.Duration): z.ZodType<units.Duration, units.Duration> {
  return scalar(
    {
      allowed: "a whole number from 1 to 999999, a space and a unit: ms, seconds, minutes, hours or days",
      example: `"${example}"`,
      suggest: suggestDuration,
    },
    units.durationPattern,
  );
}

function suggestDuration(seen: string): string | undefined {
  const [, count, letters] = /^\s*(\d+)\s*([a-z]+)\s*$/i.exec(seen) ?? [];
  if (count === undefined || letters === undefined || Number(count) === 0) return undefined;
  if (/^(ms|millis)/i.test(letters)) return `${count} ms`;
  const unit = ["second", "minute", "hour", "day"].find((word) => word[0] === letters[0]?.toLowerCase());
  return unit && `${count} ${unit}${count === "1" ? "" : "s"}`;
}

const share = scalar<units.Share>(
  { allowed: 'a share from "0" to "1", at most four decimals', example: '"0.80"', suggest: suggestShare },
  units.sharePattern,
);

function suggestShare(seen: string): string | undefined {
  const percents = suggestPercent(seen);
  return seen.includes("%") && percents && units.percentPattern.test(percents)
    ? String(units.parsePercent(percents as units.Percent) / 10_000)
    : undefined;
}

const metric = scalar(
  { allowed: "a letter followed by letters, digits or _, at most 40 characters", example: '"errorRate"' },
  /^[a-zA-Z][a-zA-Z0-9_]*$/,
  (value) => value.length <= 40,
);

const margin = scalar<units.Points | units.Percent>(
  {
    allowed: 'points above "0pp" to "100pp", or a ratio above "0%" to "1000%", at most two decimals',
    example: '"0.5pp"',
    suggest: (seen) => /^\s*(\d+(?:\.\d{1,2})?)\s*(pp|%)\s*$/.exec(seen)?.slice(1).join(""),
  },
  new RegExp(`${units.pointsPattern.source}|${units.relativePattern.source}`),
  (value) => Number.parseFloat(value) > 0 && (value.endsWith("pp") || Number.parseFloat(value) <= 1000),
);

const timestamp = scalar<units.Timestamp>(
  {
    allowed: 'a moment in UTC as RFC 3339 writes it, in quotes: "2027-05-31T00:00:00Z"',
    example: '"2027-05-31T00:00:00Z"',
    suggest: suggestTimestamp,
  },
  units.timestampPattern,
  (value) => !Number.isNaN(units.parseTimestamp(value)),
);

function suggestTimestamp(seen: string): string | undefined {
  const text = seen.replace(
    /^(\d{4}-\d{2}-\d{2})(?:[ T]([\d:.]+))?(?: ?\+0000 UTC|Z|\+00:00)?$/,
    (_, day, time) => `${day}T${time ?? "00:00:00"}Z`,
  );
  return Number.isNaN(units.parseTimestamp(text)) ? undefined : text;
}

const sha256 = scalar(
  {
    allowed: "the directory's hash: 64 lower-case hex digits",
    example: '"9f86d081…"',
    suggest: (seen) => (/^[0-9a-f]{64}$/i.test(seen.trim()) ? seen.trim().toLowerCase() : undefined),
    cure: "Run: mlc pin",
  },
  /^[0-9a-f]{64}$/,
);

const designEffect = scalar(
  { allowed: 'a number from "1" to "1000", at most two decimals', example: '"4"' },
  /^\d{1,4}(?:\.\d{1,2})?$/,
  (value) => Number(value) >= 1 && Number(value) <= 1000,
);

const headerName = scalar(
  {
    allowed: "the name of an HTTP header: letters, digits and hyphens, at most 64 characters",
    example: '"x-session-id"',
  },
  /^[A-Za-z][A-Za-z0-9-]*$/,
  (value) => value.length <= 64,
);

const versionName = label(20, "v1");

const port = (): z.ZodType<string, string> => integer('a port from "1" to "65535"', "8080", 1, 65_535);

const guard = section("GuardDocument", {
  metric,
  margin,
  direction: optional(choice("increase", "decrease", "either")),
  source: optional(choice("requests", "feedback")),
  designEffect: designEffect.default("1"),
});

const rollout = section("RolloutDocument", {
  stable: versionName,
  previous: optional(versionName),
  candidate: optional(versionName),
  weight: optional(step(0)),
  attempt: integer('a whole number from "1" to "99999"', "2", 1, 99_999).default("1"),
  steps: note(z.array(step(1)).min(1).max(20), {
    allowed: 'a list of 1 to 20 shares, strictly increasing; "shadow" may only be the first',
    example: '["5%", "25%", "50%", "100%"]',
  }).default(["5%", "25%", "50%", "100%"]),
  advance: choice("automatic", "manual").default("automatic"),
  guards: note(z.array(guard).max(20), {
    allowed: "a list of at most 20 guards",
    example: '[{ metric: errorRate, margin: "0.5pp" }]',
  }).default([]),
  bake: duration("1 minute").default("1 minute"),
  maxDuration: duration("1 day").default("1 day"),
  onInconclusive: choice("hold", "rollback", "promote").default("hold"),
  alpha: percent().default("1%"),
  beta: percent().default("5%"),
  sticky: optional(section("StickyDocument", { header: headerName })),
});

const platform = note(
  z.discriminatedUnion("kind", [
    section("LocalPlatformDocument", { kind: choice("local"), port: optional(port()), adminPort: optional(port()) }),
  ]),
  { allowed: "the keys kind, port, adminPort", example: "{ kind: local }" },
);

const source = note(
  z.discriminatedUnion("kind", [
    section("PathSourceDocument", { kind: choice("path"), path: path("models/v1"), sha256 }),
  ]),
  { allowed: "the keys kind, path, sha256", example: '{ kind: path, path: models/v1, sha256: "9f86d081…" }' },
);

const version = section("VersionDocument", {
  source,
  checks: section("ChecksDocument", {
    golden: optional(path("models/v1/golden.jsonl")),
    floor: named(metric, share, "metrics and their least shares", '{ accuracy: "0.80" }').default({}),
    latency: optional(duration("50 ms")),
  }).default({ floor: {} }),
});

const releaseShape = section("Release", {
  model: section("Model", {
    name: label(40, "sentiment"),
    owner: line(100, "nlp-platform"),
    task: optional(label(63, "text-classification")),
    riskTier: choice("low", "medium", "high"),
  }),
  platform,
  versions: named(versionName, version, "versions by name, at least one", "{ v1: { source: { … } } }").refine(
    (versions) => Object.keys(versions).length > 0,
  ),
  rollout,
  retirement: named(
    versionName,
    section("RetirementDocument", {
      phase: choice("deprecated", "archived", "retired"),
      sunset: timestamp,
      successor: versionName,
    }),
    "versions on their way out, by name",
    '{ v1: { phase: deprecated, sunset: "2027-05-31T00:00:00Z", successor: v2 } }',
  ).default({}),
  consumers: note(
    z.array(
      section("Consumer", {
        name: label(63, "checkout"),
        contact: line(200, "checkout-team@example.com"),
        versions: note(z.array(versionName).min(1), { allowed: "a list of at least one version", example: "[v1]" }),
      }),
    ),
    {
      allowed: "a list of consumers",
      example: "[{ name: checkout, contact: checkout-team@example.com, versions: [v1] }]",
    },
  ).default([]),
});

/** A release document with its defaults filled in and its units still as written. */
export type FilledRelease = z.output<typeof releaseShape>;

/** The structure of a release document: keys, types and formats. What fields ask of each other is in cross-checks.ts. */
export const releaseSchema: z.ZodType<FilledRelease & Release> = releaseShape;
