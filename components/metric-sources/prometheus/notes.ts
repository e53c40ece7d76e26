import type { Note, Question, Window } from "../metric-source.ts";
import type { Counter, Increases } from "./increases.ts";
import { versionsOf } from "./queries.ts";
import type { PrometheusSettings } from "./settings.ts";

/** What whoever reads the counts of a window should know. */
export async function notesOf(
  settings: PrometheusSettings,
  window: Window,
  question: Question,
  counters: readonly Counter[],
  { increases, resets, scrapes }: Increases,
): Promise<readonly Note[]> {
  const isWithin = (at: number): boolean => at >= window.from && at < window.to;
  const arms = (["stable", "candidate"] as const).map((arm) => ({
    version: question[arm],
    known: counters.some((counter) => counter.arm === arm),
    counted: increases.some(
      ({ arm: whose, at, values }) => whose === arm && isWithin(at) && values.some((value) => value > 0),
    ),
  }));
  const unknown = arms.filter(({ known }) => !known);
  const versions = unknown.length === 0 ? [] : await versionsOf(settings, settings, window);
  return [
    ...unknown.map(({ version }) => noSeries(settings, version, versions)),
    ...arms.filter(({ known, counted }) => known && !counted).map(({ version }) => noTraffic(version, window)),
    ...resets.filter(({ at }) => isWithin(at)).map(reset),
    ...gapsOf(window, question.intervalMs, [...scrapes.values()].flat()),
    ...onePod(counters, question),
  ];
}

const metricOf = ({ names: { requests, durations = "" } }: PrometheusSettings): string => requests ?? durations;

const time = (at: number): string => new Date(at).toISOString();

function noSeries(settings: PrometheusSettings, version: string, versions: readonly string[]): Note {
  const { names } = settings;
  const known =
    versions.length === 0 ? `the server has no ${metricOf(settings)} that fits` : `there are ${versions.join(", ")}`;
  return { kind: "noSeries", text: `No series of ${metricOf(settings)} has ${names.version}="${version}": ${known}.` };
}

const noTraffic = (version: string, { from, to }: Window): Note => ({
  kind: "noTraffic",
  text: `${version} got no request that was counted from ${time(from)} to ${time(to)}.`,
});

const reset = ({ target, at }: { readonly target: string; readonly at: number }): Note => ({
  kind: "reset",
  text: `The counters of ${target || "a target"} began anew before ${time(at)}; what it counted since the scrape before is left out.`,
});

/** Stretches of intervals without a scrape. */
function gapsOf({ from, to }: Window, intervalMs: number, moments: readonly number[]): readonly Note[] {
  const notes: Note[] = [];
  let begins: number | undefined;
  for (let at = from; at < to; at += intervalMs) {
    const isScraped = moments.some((moment) => moment >= at && moment < at + intervalMs);
    if (isScraped && begins !== undefined) notes.push(gap(begins, at));
    begins = isScraped ? undefined : (begins ?? at);
  }
  return begins === undefined || moments.length === 0 ? notes : [...notes, gap(begins, to)];
}

const gap = (from: number, to: number): Note => ({
  kind: "gap",
  text: `Nothing was scraped from ${time(from)} to ${time(to)}; that time does not count.`,
});

/** One place measures the candidate, and it does not measure stable: what is odd about it may be the place. */
function onePod(counters: readonly Counter[], { candidate }: Question): readonly Note[] {
  const placesOf = (arm: Counter["arm"]): readonly string[] => [
    ...new Set(counters.filter((counter) => counter.arm === arm).map(({ target }) => target)),
  ];
  const [only, ...others] = placesOf("candidate");
  if (only === undefined || others.length > 0 || placesOf("stable").includes(only)) return [];
  const text = `All of ${candidate} is measured at ${only}: a bad machine looks like a bad version. Give it two replicas, or measure at the gateway.`;
  return [{ kind: "onePod", text }];
}
