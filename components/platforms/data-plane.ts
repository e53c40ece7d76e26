import type { Capabilities } from "../capabilities/index.ts";
import type { Ended, HistoryEntry, HistorySummary, Refusal, RolloutEvidence } from "../rollout/index.ts";
import type { TrafficPlan } from "../traffic/plan.ts";
import type { TrafficStatus } from "../traffic/status.ts";
import type { Rehearse } from "./rehearsal.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly seen: string;
  /** Nothing to mend, and yet to be known. */
  readonly note?: true;
  /** What to do; present exactly when something is wrong. */
  readonly cure?: string;
}

/** Nothing is wrong with it. */
export const good = (check: string, seen: string): Finding => ({ check, ok: true, seen });

/** Nothing to mend, and yet to be known. */
export const note = (check: string, seen: string): Finding => ({ check, ok: true, note: true, seen });

/** Something is wrong with it. @param cure what to do */
export const bad = (check: string, seen: string, cure: string): Finding => ({ check, ok: false, seen, cure });

/** Something that serves a model, or should, as it is known without being asked. */
export interface Endpoint {
  readonly endpoint: string;
  /** The last plan it accepted. */
  readonly plan?: TrafficPlan | undefined;
}

/** Which endpoints are meant. */
export interface EndpointChoice {
  /** Only those of this model. */
  readonly model?: string | undefined;
  /** Only this one. */
  readonly endpoint?: string | undefined;
}

/** What an endpoint says, or why it says nothing. */
export type Answer =
  | { readonly endpoint: string; readonly status: TrafficStatus }
  | { readonly endpoint: string; readonly status?: never; readonly error: string };

/** An endpoint that was asked. */
export type EndpointLook = Answer & {
  /** Where clients send requests. */
  readonly url: string;
  /** The live page, where there is one. The token stands behind the `#`, which browsers do not send. */
  readonly page?: string;
  /** It answers, and so does its stable version. */
  readonly serves: boolean;
};

/** What serves now, and what is wrong with it. */
export interface Look {
  readonly endpoints: readonly EndpointLook[];
  /** What is wrong with what runs, or has to be known. */
  readonly findings: readonly Finding[];
}

/** Something that nobody wants any more, and nobody will take away by itself. */
export interface Leftover {
  /** In words. */
  readonly what: string;
}

/** Everything that has to be right where a stack serves. */
export interface Inspection {
  readonly findings: readonly Finding[];
  readonly leftovers: readonly Leftover[];
  /** Ends and removes exactly these leftovers, as far as they still are what was found. */
  readonly clear: () => Promise<readonly { readonly leftover: Leftover; readonly outcome: string }[]>;
}

/** How traffic is taken back. */
export interface TakeBack {
  /** `abort` ends the running rollout; `rollback` does the same while one runs, and else goes back to the version before. */
  readonly way: "abort" | "rollback";
  readonly reason: string;
  /** The version to go back to. @default the way back of the plan */
  readonly to?: string | undefined;
}

/** An archive that has to be there. */
export interface ArchiveWanted {
  readonly model: string;
  readonly version: string;
  /** The content that it must hold. @default any */
  readonly content?: string;
}

/** Which stack's data plane is looked for, as far as it is known without reading the configuration as a whole. */
export interface StackRequest {
  /** Absolute path of the folder of Pulumi.yaml. */
  readonly root: string;
  /** Without organization and project: `prod`. */
  readonly stack: string;
  /** Name in Pulumi.yaml. */
  readonly project: string;
  readonly env: NodeJS.ProcessEnv;
  /** The kind of platform that the stack's file names, as far as a look at its text tells. */
  readonly platform?: string;
  /** A setting of one line of the stack's file, found without parsing it. */
  readonly setting: (name: string) => string | undefined;
}

/**
 * What one asks of that which serves a stack, whatever its platform. Found without the stack's configuration, and made
 * without asking anything: taking traffic back is to be done in a tenth of a second.
 */
export interface DataPlane {
  /** Where it is, for people. */
  readonly place: string;
  /** The danger of that place, and the way out of it. */
  readonly warning?: string;
  /** What its platform can do. */
  readonly capabilities: () => Promise<Capabilities>;
  /** Asking it goes over a network: where it cannot be told who serves, those of this machine are asked first. @default false */
  readonly remote?: true;
  /** False when nothing was deployed there. @throws HostError when it is not this user's to use, or cannot be asked */
  readonly exists: () => Promise<boolean>;
  /** The endpoints that serve, or should. Damage is no reason to find none. */
  readonly endpoints: (choice?: EndpointChoice) => Promise<readonly Endpoint[]>;
  /** Also those that were taken down: the rollouts they ended stay ended. */
  readonly known: (choice?: EndpointChoice) => Promise<readonly Endpoint[]>;
  readonly status: (endpoint: string) => Promise<Answer>;
  /** The answer comes when it is so. */
  readonly takeBack: (endpoint: string, details: TakeBack) => Promise<Answer>;
  /**
   * One pass of what decides, made from here: reads, decides, writes. Absent where what serves decides by itself.
   * @returns what keeps it from deciding; undefined when nothing does
   */
  readonly drive?: (endpoint: string) => Promise<string | undefined>;
  /** How the rollout that a plan asks for was ended before. @throws HostError when it is not known */
  readonly endedBefore: (endpoint: string, plan: TrafficPlan) => Promise<Ended | undefined>;
  /** Why a plan would not be taken. @throws HostError when it is not known */
  readonly refusalOf: (endpoint: string, plan: TrafficPlan) => Promise<Refusal | undefined>;
  /** What the running or last rollout is judged on, so that everybody can judge it again. @throws Error when nobody answers */
  readonly evidence: (endpoint: string) => Promise<RolloutEvidence>;
  /** How rollouts and stable versions of an endpoint ended, the newest last. */
  readonly history: (endpoint: string) => Promise<readonly HistorySummary[]>;
  /** One of them with its evidence. */
  readonly historyEntry: (endpoint: string, id: string) => Promise<HistoryEntry | undefined>;
  /** Asks everything that should run. @throws HostError when it is not this user's to use */
  readonly look: (choice?: EndpointChoice) => Promise<Look>;
  /** Looks at everything, archives included, and changes nothing. */
  readonly inspect: () => Promise<Inspection>;
  /** Stacks of the same project that serve too: this one may have had another name. */
  readonly neighbours: () => Promise<readonly { readonly stack: string; readonly place: string }[]>;
  /** @throws HostError unless the archive is there and whole */
  readonly requireArchive: (wanted: ArchiveWanted) => Promise<void>;
  /** Absent where a version cannot be started from here. */
  readonly rehearse?: Rehearse;
  /** What starts it again after a reboot: a unit of systemd, where one is needed. */
  readonly unit?: (description: string) => Promise<string>;
}

/** Finds what serves a stack; `data-plane/index.ts` of a platform's folder exports it as `locate`. */
export type LocateDataPlane = (request: StackRequest) => DataPlane;
