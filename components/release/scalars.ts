import { z } from "zod";
import { type FieldNote, note } from "./field-notes.ts";
import { requestMetrics } from "./request-metrics.ts";
import * as units from "./units.ts";

// The scalars of a release document: all of them strings, because YAML rewrites what is not quoted.

/** A string of a form, with what is said where it is none. @param limits.length characters at most @param limits.holds whether one of that form is in range */
export function scalar<T extends string = string>(
  fieldNote: FieldNote,
  pattern: RegExp,
  limits: { readonly length?: number; readonly holds?: (value: T) => boolean } = {},
): z.ZodType<T, T> {
  const text = z
    .string()
    .regex(pattern)
    .max(limits.length ?? 200);
  // Zod goes on to the range of a value that has not even its form.
  const schema = text.refine((value) => !pattern.test(value) || (limits.holds?.(value as T) ?? true));
  return note(schema as unknown as z.ZodType<T, T>, fieldNote);
}

/** One of some words. */
export function choice<const T extends readonly [string, ...string[]]>(
  ...words: T
): z.ZodEnum<{ [K in T[number]]: K }> {
  return note(z.enum(words), {
    allowed: words.length === 1 ? words[0] : `one of ${words.join(", ")}`,
    example: words[0],
  });
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

/** A name that fits URLs, metrics and resources. @param limit characters at most */
export function label(limit: number, example: string): z.ZodType<string, string> {
  return scalar(
    {
      allowed: `lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen, at most ${limit} characters`,
      example: `"${example}"`,
      suggest: toLabel(limit),
    },
    /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
    { length: limit },
  );
}

/** Text for people, on one line. @param limit characters at most */
export function line(limit: number, example: string): z.ZodType<string, string> {
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
    { length: limit },
  );
}

/** A path inside the project's folder. */
export function path(example: string): z.ZodType<string, string> {
  return scalar(
    {
      allowed: 'a path relative to the project\'s folder, with forward slashes, without "." or ".." in it',
      example: `"${example}"`,
      suggest: suggestPath,
    },
    /^(?!\/)(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\\\0\n\r]*[^\\\0\n\r/]$/,
  );
}

/** A path that begins at the root. */
export function absolutePath(example: string): z.ZodType<string, string> {
  return scalar(
    { allowed: 'an absolute path without "." or ".." in it', example: `"${example}"` },
    /^\/(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\0\n\r]*[^\0\n\r/]$/,
  );
}

/** Only what leaves the meaning alone: a path out of the project's folder has no nearest one inside. */
function suggestPath(seen: string): string | undefined {
  const parts = seen.replaceAll("\\", "/").split("/");
  return parts[0] === "" || parts.includes("..")
    ? undefined
    : parts.filter((part) => part !== "" && part !== ".").join("/");
}

/** A whole number within bounds. */
export function integer(allowed: string, example: string, least: number, most: number): z.ZodType<string, string> {
  return scalar({ allowed, example: `"${example}"` }, /^[1-9]\d{0,4}$/, {
    holds: (value) => Number(value) >= least && Number(value) <= most,
  });
}

const percentAllowed = "at most two decimals and a per cent sign";
/** A bare "0.05" may mean 5 per cent or a twentieth of one, so it is not guessed at. */
function suggestPercent(seen: string): string | undefined {
  const [, withSign, without] = /^\s*(?:(\d+(?:\.\d{1,2})?)\s*%|([1-9]\d*(?:\.\d{1,2})?))\s*$/.exec(seen) ?? [];
  const number = withSign ?? without;
  return number && `${number}%`;
}

/** A part of a whole, at most "50%". @param least in basis points: 1 where nothing at all makes no sense */
export function percent(least: 0 | 1): z.ZodType<units.Percent, units.Percent> {
  const from = least === 0 ? 'from "0%" to "50%"' : 'more than "0%", at most "50%"';
  return scalar(
    { allowed: `${from}, ${percentAllowed}`, example: '"1%"', suggest: suggestPercent },
    units.percentPattern,
    { holds: (value) => units.parsePercent(value) >= least && units.parsePercent(value) <= 5000 },
  );
}

/** A share of the traffic, or copies only. @param least in basis points */
export function step(least: number): z.ZodType<units.Percent | "shadow", units.Percent | "shadow"> {
  return scalar(
    {
      allowed: `"shadow", or a share ${least === 0 ? 'from "0%"' : 'above "0%"'} to "100%", ${percentAllowed}`,
      example: '"5%"',
      suggest: (seen) => (seen.toLowerCase() === "shadow" ? "shadow" : suggestPercent(seen)),
    },
    new RegExp(`^shadow$|${units.percentPattern.source}`),
    { holds: (value) => value === "shadow" || units.parsePercent(value) >= least },
  );
}

/** A length of time. */
export function duration(example: units.Duration): z.ZodType<units.Duration, units.Duration> {
  return scalar(
    {
      allowed: "a whole number from 1 to 999999, a space and a unit: ms, seconds, minutes, hours or days",
      example: `"${example}"`,
      suggest: suggestDuration,
    },
    units.durationPattern,
  );
}

/** A length of time up to a longest one. */
export const durationUpTo = (
  longest: units.Duration,
  example: units.Duration,
): z.ZodType<units.Duration, units.Duration> =>
  scalar<units.Duration>(
    { allowed: `a duration from "1 ms" to "${longest}"`, example: `"${example}"`, suggest: suggestDuration },
    units.durationPattern,
    { holds: (value) => units.parseDuration(value) <= units.parseDuration(longest) },
  );

/** A length of time of at most ten minutes. */
export const deadline: z.ZodType<units.Duration, units.Duration> = durationUpTo("10 minutes", "30 seconds");

function suggestDuration(seen: string): string | undefined {
  const [, count, letters] = /^\s*(\d+)\s*([a-z]+)\s*$/i.exec(seen) ?? [];
  if (count === undefined || letters === undefined || Number(count) === 0) return undefined;
  if (/^(ms|millis)/i.test(letters)) return `${count} ms`;
  const unit = ["second", "minute", "hour", "day"].find((word) => word[0] === letters[0]?.toLowerCase());
  return unit && `${count} ${unit}${count === "1" ? "" : "s"}`;
}

/** A share as a decimal number. */
export const share: z.ZodType<units.Share, units.Share> = scalar<units.Share>(
  { allowed: 'a share from "0" to "1", at most four decimals', example: '"0.80"', suggest: suggestShare },
  units.sharePattern,
);

function suggestShare(seen: string): string | undefined {
  const percents = suggestPercent(seen);
  return seen.includes("%") && percents && units.percentPattern.test(percents)
    ? String(units.parsePercent(percents as units.Percent) / 10_000)
    : undefined;
}

/** The name of a metric. */
export const metric: z.ZodType<string, string> = scalar(
  {
    allowed: "a letter followed by letters, digits or _, at most 40 characters",
    example: JSON.stringify(requestMetrics[0]),
    suggest: (seen) => seen.trim().replaceAll(/\W+/g, "_"),
  },
  /^[a-zA-Z][a-zA-Z0-9_]*$/,
  { length: 40 },
);

/** A margin of any kind of guard, as it is written. */
type Margin = units.Points | units.Percent | units.Amount;

/** A guard's margin: above 0, with the unit that says what it is a part of. Which of them a kind takes is in margin-checks.ts. */
export const margin: z.ZodType<Margin, Margin> = scalar<Margin>(
  {
    allowed:
      'points above "0pp" to "100pp", or a ratio above "0%" to "1000%", at most two decimals; beside a range also a number above "0", at most four decimals',
    example: '"0.5pp"',
    suggest: (seen) => /^\s*(\d+(?:\.\d{1,2})?)\s*(pp|%)\s*$/.exec(seen)?.slice(1).join(""),
    // A bare 0.5 is a number of a mean's own units; of a share it may be points or per cent.
    lacksOnlyQuotes: (guard) => typeof guard === "object" && guard !== null && "range" in guard,
  },
  new RegExp(`${units.pointsPattern.source}|${units.relativePattern.source}|${units.amountPattern.source}`),
  { holds: (value) => Number.parseFloat(value) > 0 && (!value.endsWith("%") || Number.parseFloat(value) <= 1000) },
);

/** Where the values of a business metric lie: two numbers that rise. */
export const valueRange: z.ZodType<units.ValueRange, units.ValueRange> = scalar<units.ValueRange>(
  {
    allowed: 'two numbers that rise, at most seven digits and four decimals each, with "to" between them',
    example: '"0 to 500"',
    suggest: (seen) =>
      /^[\s[(]*(-?\d+(?:\.\d+)?)(?:\s*(?:to|\.\.\.?|,|;|–|-)\s*)(-?\d+(?:\.\d+)?)[\s\])]*$/i
        .exec(seen)
        ?.slice(1)
        .join(" to "),
  },
  units.rangePattern,
  {
    holds: (value) => {
      const { least, most } = units.parseRange(value);
      return least < most;
    },
  },
);

/** A moment in UTC that the calendar has. */
export const timestamp: z.ZodType<units.Timestamp, units.Timestamp> = scalar<units.Timestamp>(
  {
    allowed: 'a moment in UTC as RFC 3339 writes it, in quotes: "2027-05-31T00:00:00Z"',
    example: '"2027-05-31T00:00:00Z"',
    suggest: suggestTimestamp,
  },
  units.timestampPattern,
  { holds: (value) => !Number.isNaN(units.parseTimestamp(value)) },
);

/** Reads a day, another offset, and what the engine makes of a bare moment: "2027-05-31 02:00:00 +0200 +0200". */
function suggestTimestamp(seen: string): string | undefined {
  const [, day, time = "00:00:00", offset = "Z", hours, minutes] =
    /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?))?(Z|[+-]\d{2}:\d{2}| ([+-]\d{2})(\d{2}) \S+)?$/.exec(
      seen,
    ) ?? [];
  const ms = Date.parse(`${day}T${time}${hours === undefined ? offset : `${hours}:${minutes}`}`);
  return Number.isNaN(ms) ? undefined : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A hash of 64 lower-case hex digits. @param cure what writes it */
export const digest = (allowed: string, cure: string): z.ZodType<string, string> =>
  scalar(
    {
      allowed,
      example: '"9f86d081…"',
      suggest: (seen) => /^\s*(?:[a-z]+\d+:)?([0-9a-f]{64})\s*$/i.exec(seen)?.[1]?.toLowerCase(),
      cure,
    },
    /^[0-9a-f]{64}$/,
  );

/** How many times more counts scatter than independent ones: "1" to "1000". */
export const designEffect: z.ZodType<string, string> = scalar(
  { allowed: 'a number from "1" to "1000", at most two decimals', example: '"4"' },
  /^\d{1,4}(?:\.\d{1,2})?$/,
  { holds: (value) => Number(value) >= 1 && Number(value) <= 1000 },
);

/** The name of an HTTP header. */
export const headerName: z.ZodType<string, string> = scalar(
  {
    allowed: "the name of an HTTP header: letters, digits and hyphens, at most 64 characters",
    example: '"x-session-id"',
  },
  /^[A-Za-z][A-Za-z0-9-]*$/,
  { length: 64 },
);

/** A TCP port. */
export const port = (): z.ZodType<string, string> => integer('a port from "1" to "65535"', "8080", 1, 65_535);

/** An address of HTTP. A login has no place in a document. */
export const address = (example: string): z.ZodType<string, string> =>
  scalar(
    {
      allowed: "an address that begins with http:// or https://, without a login and without a slash at its end",
      example: `"${example}"`,
    },
    /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*[^\s?#/])?$/,
    { length: 400, holds: (value) => URL.canParse(value) },
  );
