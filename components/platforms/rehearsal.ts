import type { ResolvedVersion } from "../release/resolved.ts";

/** A version as its release has it, that is to be started beside what serves, and asked. */
export interface RehearsalRequest {
  /** Absolute path of the folder of Pulumi.yaml: sources and golden requests are relative to it. */
  readonly root: string;
  readonly model: string;
  readonly version: string;
  readonly part: Pick<ResolvedVersion, "source" | "serve" | "checks">;
}

/** A tensor, as the Open Inference Protocol tells of it. */
export interface TensorSignature {
  readonly name: string;
  readonly datatype: string;
}

/** What a model takes and gives, as it says itself. */
export interface Signature {
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
}

/** How golden requests were answered in one of the forms in which clients ask. */
export interface AskedProtocol {
  /** As people call it: `POST /predict`. */
  readonly protocol: string;
  readonly requests: number;
  /** The 99th percentile of one request at a time, in milliseconds. */
  readonly p99Ms: number;
}

/** What a version did when it was started and asked, away from what serves. */
export interface Rehearsal {
  /** What does not hold, a sentence each; empty when everything does. */
  readonly failures: readonly string[];
  /** How long it took until it was ready, in milliseconds; absent when it never was. */
  readonly readyMs?: number;
  /** Empty without golden requests. */
  readonly asked: readonly AskedProtocol[];
  /** Which share of the golden requests with a label it answered right, 0 to 1; absent without any. */
  readonly accuracy?: number;
  /** What it answered, by the line of the golden request. */
  readonly labels: ReadonlyMap<number, string>;
  /** Absent where what answers does not say it. */
  readonly signature?: Signature;
}

/** Starts a version where nothing else runs, asks it, and ends it whole. Nothing of it is left, also when the one who asked is killed. */
export type Rehearse = (request: RehearsalRequest) => Promise<Rehearsal>;
