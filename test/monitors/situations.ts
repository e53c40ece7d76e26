/** One sample a minute from minute 0; null is a scrape without the series. */
export type Samples = readonly (number | null)[];

/** What became of the requests that were sent to a version, counted from its start. */
export interface VersionCounts {
  readonly answered: Samples;
  /** Answered by 5xx. */
  readonly errors: Samples;
  /** Refused, reset, timed out. */
  readonly unanswered: Samples;
}

/** What happens to a model, and which alerts people get at which minute. */
export interface Situation {
  readonly title: string;
  /** By version; absent: nobody scrapes the gateway. */
  readonly counts?: Readonly<Record<"v1" | "v2", VersionCounts>>;
  /** What the controller shows, by metric and labels; the healthy one's where nothing stands. */
  readonly controller?: Readonly<Record<string, Samples>>;
  /** Alerts that people get, by minute, and no other one; rules that have no such alert tell nothing instead. */
  readonly told: Readonly<Record<number, readonly string[]>>;
  /** The same for gateways whose series begin with the first request. */
  readonly toldWithoutSeries?: Readonly<Record<number, readonly string[]>>;
  /** Recorded share of errors of each version at the last minute; absent: none is recorded. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** The last minute. */
export const LAST = 80;

const minutes: readonly number[] = Array.from({ length: LAST + 1 }, (_, minute) => minute);
const all = (valueAt: (minute: number) => number | null): Samples => minutes.map(valueAt);
const growing = (perMinute: number): Samples => all((minute) => perMinute * minute);
const none = growing(0);

const counts = (changes: Partial<VersionCounts>): VersionCounts => ({
  answered: none,
  errors: none,
  unanswered: none,
  ...changes,
});
/** A version that is asked 600 times a minute and answers every time. */
const healthy = counts({ answered: growing(600) });
/** As many that fail one of ten: half of them by an answer. */
const failing = counts({ answered: growing(540), errors: growing(30), unanswered: growing(30) });

const MOMENTS = [20, 64, LAST];
const always = (...alerts: readonly string[]): Situation["told"] =>
  Object.fromEntries(MOMENTS.map((minute) => [minute, alerts]));
const quiet = always();
/** Whoever shows the weights is a controller, or the gateway itself. */
const GONE = ["ModelControllerSilent", "ModelGatewayDown"];

/** What rules have to get right, whichever gateway counts. */
export const situations: readonly Situation[] = [
  { title: "all is well", counts: { v1: healthy, v2: healthy }, told: quiet, ratios: { v1: 0, v2: 0 } },
  {
    title: "both versions fail one of ten requests, and the budget burns",
    counts: { v1: failing, v2: failing },
    told: { ...always("ModelErrorBudgetBurnsFast", "ModelErrorBudgetBurnsSlowly") },
    ratios: { v1: 0.1, v2: 0.1 },
  },
  {
    title: "nobody was ever answered",
    counts: { v1: counts({ unanswered: growing(600) }), v2: counts({ unanswered: growing(600) }) },
    told: always("ModelErrorBudgetBurnsFast", "ModelErrorBudgetBurnsSlowly"),
    ratios: { v1: 1, v2: 1 },
  },
  {
    title: "the candidate fails and stable does not",
    counts: { v1: counts({ answered: growing(60_000) }), v2: failing },
    told: always("ModelVersionFailsMore"),
    ratios: { v1: 0, v2: 0.1 },
  },
  {
    title: "requests end after an hour",
    counts: {
      v1: counts({ answered: all((minute) => 600 * Math.min(minute, 60)) }),
      v2: counts({ answered: all((minute) => 600 * Math.min(minute, 60)) }),
    },
    told: { 20: [], 64: [], 70: [], [LAST]: ["ModelNoTraffic"] },
    ratios: {},
  },
  {
    title: "nobody has ever asked",
    counts: { v1: counts({}), v2: counts({}) },
    told: { 2: [], [LAST]: ["ModelNoTraffic"] },
    toldWithoutSeries: { 3: [], [LAST]: ["ModelNotMeasured"] },
    ratios: {},
  },
  {
    title: "the gateway is not scraped",
    told: { 2: [], [LAST]: ["ModelNotMeasured"] },
    ratios: {},
  },
  {
    title: "the gateway starts anew and its counters with it",
    counts: {
      v1: counts({ answered: all((minute) => 600 * (minute < 75 ? minute : minute - 75)) }),
      v2: counts({ answered: all((minute) => 600 * (minute < 75 ? minute : minute - 75)) }),
    },
    told: { ...quiet, 74: [], 76: [], 78: [] },
    ratios: { v1: 0, v2: 0 },
  },
  {
    title: "scrapes are missing now and then",
    counts: {
      v1: counts({ answered: all((minute) => (minute % 4 === 1 ? null : 600 * minute)) }),
      v2: counts({ answered: all((minute) => (minute % 4 === 1 ? null : 600 * minute)) }),
    },
    told: quiet,
    ratios: { v1: 0, v2: 0 },
  },
  {
    title: "a counter is not a number",
    counts: { v1: counts({ answered: all(() => Number.NaN) }), v2: counts({ answered: all(() => Number.NaN) }) },
    told: quiet,
    ratios: {},
  },
  {
    title: "a request every four minutes, and one of three fails",
    counts: {
      v1: counts({
        answered: all((minute) => Math.floor(minute / 4) - Math.floor(minute / 12)),
        errors: all((minute) => Math.floor(minute / 12)),
      }),
      v2: counts({ answered: all((minute) => Math.floor(minute / 4)) }),
    },
    told: { ...quiet, 72: [], 74: [], 76: [] },
    ratios: { v1: 0, v2: 0 },
  },
  {
    title: "a new version's first scrape has 300 answers already",
    counts: {
      v1: healthy,
      v2: counts({ answered: all((minute) => (minute < 69 ? 0 : 300 + 600 * (minute - 69))) }),
    },
    told: { ...quiet, 68: [], 70: [], 72: [], 74: [] },
    ratios: { v1: 0, v2: 0 },
  },
  {
    title: "the controller passes no more",
    counts: { v1: healthy, v2: healthy },
    controller: { model_rollout_last_pass_timestamp_seconds: all((minute) => 60 * Math.min(minute, 66)) },
    told: { 64: [], 66: [], 72: ["ModelControllerSilent"], [LAST]: ["ModelControllerSilent"] },
    ratios: { v1: 0, v2: 0 },
  },
  {
    title: "the controller is gone",
    counts: { v1: healthy, v2: healthy },
    controller: {
      model_rollout_last_pass_timestamp_seconds: all((minute) => (minute > 66 ? null : 60 * minute)),
      'model_traffic_weight{version="v1"}': all((minute) => (minute > 66 ? null : 0.5)),
      'model_traffic_weight{version="v2"}': all((minute) => (minute > 66 ? null : 0.5)),
      model_rollout_stopped: all((minute) => (minute > 66 ? null : 0)),
    },
    told: { 64: [], 66: [], 76: GONE, [LAST]: GONE },
    ratios: { v1: 0, v2: 0 },
  },
  {
    title: "the controller fails closed",
    counts: { v1: healthy, v2: healthy },
    controller: { model_rollout_stopped: all((minute) => (minute < 62 ? 0 : 1)) },
    told: { 60: [], 62: [], 64: ["ModelRolloutStopped"], [LAST]: ["ModelRolloutStopped"] },
    ratios: { v1: 0, v2: 0 },
  },
  {
    title: "an aborted rollout",
    counts: { v1: healthy, v2: healthy },
    controller: {
      'model_rollout_phase{phase="progressing"}': all((minute) => (minute < 62 ? 1 : 0)),
      'model_rollout_phase{phase="aborted"}': all((minute) => (minute < 62 ? 0 : 1)),
    },
    told: { 60: [], 62: ["ModelRolloutAborted"], [LAST]: ["ModelRolloutAborted"] },
    ratios: { v1: 0, v2: 0 },
  },
  {
    title: "evidence against the candidate, and a guard that has none yet",
    counts: { v1: healthy, v2: healthy },
    controller: {
      'model_rollout_evalue{metric="errorRate",side="rollback"}': all((minute) => (minute < 62 ? 0 : 4)),
      'model_rollout_evalue{metric="latency",side="rollback"}': all(() => 0),
    },
    told: { 60: [], 62: ["ModelEvidenceOfHarm"], [LAST]: ["ModelEvidenceOfHarm"] },
    ratios: { v1: 0, v2: 0 },
  },
  {
    title: "evidence that is not a number decides nothing",
    counts: { v1: healthy, v2: healthy },
    controller: { 'model_rollout_evalue{metric="errorRate",side="rollback"}': all(() => Number.NaN) },
    told: quiet,
    ratios: { v1: 0, v2: 0 },
  },
];

/** What a controller shows whose rollout is under way, both versions with half of the traffic. */
export const healthyController: Readonly<Record<string, Samples>> = {
  model_rollout_last_pass_timestamp_seconds: all((minute) => 60 * minute),
  model_rollout_stopped: all(() => 0),
  'model_traffic_weight{version="v1"}': all(() => 0.5),
  'model_traffic_weight{version="v2"}': all(() => 0.5),
  'model_rollout_phase{phase="progressing"}': all(() => 1),
  'model_rollout_phase{phase="aborted"}': all(() => 0),
  model_rollout_step: all(() => 0),
};
