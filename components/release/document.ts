import type { DocumentOf } from "./kind.ts";
import type {
  archiveKinds,
  modelRegistryKinds,
  monitorKinds,
  platformKinds,
  runtimeKinds,
  sourceKinds,
} from "./kinds.ts";
import type { Amount, Duration, Percent, Points, Share, Timestamp, ValueRange } from "./units.ts";

// The docstrings below are the one description of each field: json-schema.ts shows them in editors.

/**
 * One model's release as it stands in stack configuration under `model-lifecycle:release`: plain data, every scalar a quoted string.
 * Every lifecycle move is an edit of it.
 */
export interface Release {
  /** The model, and who answers for it. */
  readonly model: Model;
  /** Where the model is served. Another kind is another endpoint. */
  readonly platform: PlatformDocument;
  /** The versions by name, each with its pinned content. Adding one deploys it beside the others; taking one out removes it. */
  readonly versions: Readonly<Record<string, VersionDocument>>;
  /** Which version serves, and which one is on trial. */
  readonly rollout: RolloutDocument;
  /** The versions on their way out, by name. @default {} */
  readonly retirement?: Readonly<Record<string, RetirementDocument>>;
  /** Where the archives of retired versions are kept. Another kind makes new archives and leaves those that stand. @default what the platform brings: `{ kind: local }` beside a local one */
  readonly archive?: ArchiveDocument;
  /** What writes alert rules and dashboards. Another kind takes the documents of this one away; serving is the same. @default what the platform brings: `{ kind: prometheus }` beside a local one */
  readonly monitor?: MonitorDocument;
  /** Which model registry is told what serves: aliases and tags of its versions. Taking it out leaves the registry as it is; serving is the same. @default none is told */
  readonly modelRegistry?: ModelRegistryDocument;
  /** Who calls the model and would have to move before a version may go. @default [] */
  readonly consumers?: readonly Consumer[];
}

/** The model of a release, and who answers for it. */
export interface Model {
  /** Names the model in URLs, metrics and resources: a lower-case label of at most 40 characters. Another name is another endpoint. */
  readonly name: string;
  /** The team that answers for the model: one line of at most 100 characters. */
  readonly owner: string;
  /** What the model does, such as text-classification: a lower-case label of at most 63 characters. */
  readonly task?: string;
  /** How much harm a bad prediction can do: low, medium or high. Policies ask more of a higher tier; serving is the same. */
  readonly riskTier: "low" | "medium" | "high";
  /** The least time between the notice of a version and its sunset: a duration. Checked when notice is given, and again before the version is retired. @default 7 days at low risk, 30 days at medium, 90 days at high */
  readonly notice?: Duration;
}

/** Where a model is served, told apart by `kind`: each platform's folder brings its part. */
export type PlatformDocument = DocumentOf<typeof platformKinds>;

/** Where content comes from, told apart by `kind`: each source's folder brings its part. */
export type SourceDocument = DocumentOf<typeof sourceKinds>;

/** What answers for a version, told apart by `kind`: each runtime's folder brings its part. */
export type RuntimeDocument = DocumentOf<typeof runtimeKinds>;

/** Where archives are kept, told apart by `kind`: each store's folder brings its part. */
export type ArchiveDocument = DocumentOf<typeof archiveKinds>;

/** Who watches what serves, told apart by `kind`: each monitor's folder brings its part. */
export type MonitorDocument = DocumentOf<typeof monitorKinds>;

/** Which model registry is told what serves, told apart by `kind`: each registry's folder brings its part. */
export type ModelRegistryDocument = DocumentOf<typeof modelRegistryKinds>;

/** One version of the model: where its content comes from, and what it must pass. */
export interface VersionDocument {
  /** Where the content comes from, pinned: the same document always serves the same bytes. */
  readonly source: SourceDocument;
  /** What answers for it. A change is another version of what clients get: it is tried like other content. @default the library's own model server, which reads `model.json` */
  readonly serve?: RuntimeDocument;
  /** What the version must pass before it gets any traffic. @default {} */
  readonly checks?: ChecksDocument;
}

/** What a version must pass before any request reaches it. Changing it checks the version again; nothing is restarted. */
export interface ChecksDocument {
  /** A file of golden requests and their answers (JSON lines), relative to the project's folder. A version that answers otherwise is never routed. */
  readonly golden?: string;
  /** The least share of golden requests answered well, by metric: "0" to "1". Needs golden. @default {} */
  readonly floor?: Readonly<Record<string, Share>>;
  /** The longest a golden request may take at the 99th percentile: a duration. Needs golden. */
  readonly latency?: Duration;
}

/** Who serves, who is on trial, and how the trial goes. */
export interface RolloutDocument {
  /** The version that answers whatever the candidate does not. It changes by a promotion of what has proven itself, by a rollback to what served before, or with an `override`; every other change is refused. */
  readonly stable: string;
  /** Makes `stable` a version that has not proven itself, with a reason that stands in every report. Holds for this version once: after a rollback another reason must be named. */
  readonly override?: OverrideDocument;
  /** The version that was stable before; it stays deployed and warm, and a rollback goes there. */
  readonly previous?: string;
  /** The version on trial. Absent: no rollout runs. */
  readonly candidate?: string;
  /** The candidate's target share, "0%" to "100%", or "shadow" for copies only. With `advance: automatic` the steps climb towards it; with `manual` it is the share. Stands only beside a candidate. */
  readonly weight?: Percent | "shadow";
  /** Tells a new try of the same candidate from one that was aborted: a number from "1". Stands only beside a candidate. @default "1" */
  readonly attempt?: string;
  /** Where the candidate's share stops on its way up, strictly increasing; "shadow" may only be the first. @default ["5%", "25%", "50%", "100%"] */
  readonly steps?: readonly (Percent | "shadow")[];
  /** automatic: the data plane climbs the steps on evidence. manual: each step is an edit. The way down is automatic in both. @default automatic */
  readonly advance?: "automatic" | "manual";
  /** What the candidate is watched by; a guard that fires takes all traffic from it at once. @default [] */
  readonly guards?: readonly GuardDocument[];
  /** What stable keeps until the candidate is promoted, "0%" to "50%", so that the candidate is judged on every step, also the last: with guards its share stops short of "100%" by so much. "0%" judges nothing at "100%". @default "5%" */
  readonly holdBack?: Percent;
  /** What the candidate may still spoil: a step is left upwards only when the requests that it may fail or refuse beyond stable's at the next step, as far as the evidence leaves that possible, are at most this share of all requests. More than "0%"; "100%" lets time alone leave a step. @default "1%" */
  readonly harmBudget?: Percent;
  /** How long a version is slow at first: latency is compared from so long after the candidate's first request on. A duration. @default "30 seconds" */
  readonly warmUp?: Duration;
  /** The least time on a step before it is left upwards: a duration. @default "1 minute" */
  readonly bake?: Duration;
  /** Without a decision after this time the verdict is inconclusive: a duration, at least `bake`. @default "1 day" */
  readonly maxDuration?: Duration;
  /** What an inconclusive verdict does: hold keeps the share, rollback takes it away, promote goes on to the target. @default hold */
  readonly onInconclusive?: "hold" | "rollback" | "promote";
  /** The chance of stopping a harmless candidate over the whole rollout: more than "0%", at most "50%". Smaller needs more evidence to stop. @default "1%" */
  readonly alpha?: Percent;
  /** The chance of calling a harmful candidate harmless: more than "0%", at most "50%". Smaller needs more evidence to go on. @default "5%" */
  readonly beta?: Percent;
  /** Keeps the requests of one caller with one version. Absent: each request is drawn alone. */
  readonly sticky?: StickyDocument;
}

/** Why a version that has not proven itself serves everybody. */
export interface OverrideDocument {
  /** The version it is for: the one that `stable` names. */
  readonly stable: string;
  /** Why it serves unproven: one line of at most 200 characters. */
  readonly reason: string;
}

/** What keeps the requests of one caller with one version. */
export interface StickyDocument {
  /** The request header whose value tells callers apart. Requests with the same value stay together and count as one session. */
  readonly header: string;
}

/** What a candidate is watched by. A change holds for the running rollout: its evidence is judged anew. */
export interface GuardDocument {
  /** errorRate (no answer, 5xx, late or unreadable), refusalRate (4xx), latency, or the name of a business metric that arrives as feedback. Each at most once. errorRate brings refusalRate along, with its margin in points or half a point. */
  readonly metric: string;
  /** How much worse than stable is tolerated: "0.5pp" are points, "20%" is relative to stable. Latency takes "%" only. Beside a range "2.50" is a difference of means in the metric's own units, and points mean nothing. */
  readonly margin: Points | Percent | Amount;
  /** Which change is harm: increase, decrease or either. errorRate, refusalRate and latency know increase only. @default either; increase for errorRate, refusalRate and latency */
  readonly direction?: "increase" | "decrease" | "either";
  /** Where the numbers come from: requests for errorRate, refusalRate and latency, feedback for every other metric. Needed for a business metric whose name looks like one of these. @default by metric */
  readonly source?: "requests" | "feedback";
  /** How much more the counts scatter than independent requests would: "1" to "1000". Evidence is tempered by its inverse. @default "1" */
  readonly designEffect?: string;
  /** How long after a prediction its feedback is complete: a duration. Predictions are compared once they are so old, each second of them on its own; what comes later is told, and not compared. Only for feedback. @default "1 minute" */
  readonly matures?: Duration;
  /** From where to where the values of a business metric lie, in its own units, such as "0 to 500": then their mean is judged. A value outside is refused when it comes as feedback. Wider than needed finds harm later. @default "0 to 1", a share */
  readonly range?: ValueRange;
  /** critical: harm in it is found sooner than in the others, as it weighs as much as four of them. information: it is judged and shown, and neither ends, holds nor promotes anything; one guard at least decides. @default normal */
  readonly importance?: "critical" | "normal" | "information";
  /** Groups of callers, 2 to 20 names, each at most once: the candidate's value in each of them is compared with stable's in the same group, with this guard's margin, beside that of all. Feedback names the group of its prediction. A group without data is none that passes: it waits. Only for feedback. @default none */
  readonly groups?: readonly string[];
}

/** A version on its way out. */
export interface RetirementDocument {
  /** deprecated: still answers, with notice headers. archived: the same, and a verified copy is kept. retired: no longer deployed, answers 410. */
  readonly phase: "deprecated" | "archived" | "retired";
  /** From when on the version may be retired: RFC 3339 in UTC, quoted, such as "2027-05-31T00:00:00Z". Callers read it in the Sunset header. */
  readonly sunset: Timestamp;
  /** The version to use instead: one that serves and is not on its way out itself. */
  readonly successor: string;
}

/** Who calls the model, and would have to move before a version goes. */
export interface Consumer {
  /** The caller's name: a lower-case label of at most 63 characters. Each at most once. */
  readonly name: string;
  /** Whom to tell, such as an address or a channel: one line of at most 200 characters. */
  readonly contact: string;
  /** The versions it calls by name; none of them can be retired while it stands here. */
  readonly versions: readonly string[];
}
