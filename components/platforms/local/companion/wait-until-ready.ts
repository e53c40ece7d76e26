import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../host/host-error.ts";
import type { ResolvedCommandRuntime } from "../../../runtimes/command/document.ts";
import { mapAnswer, mapRequest } from "../../../runtimes/command/mapping.ts";
import type { Asking } from "./asking.ts";
import { portsOf, proveListener, renderAddress } from "./prove.ts";
import type { StartedCommand } from "./start-command.ts";

/** What readiness is asked of. */
export interface Candidate {
  readonly runtime: ResolvedCommandRuntime;
  readonly command: StartedCommand;
  readonly asking: Asking;
  /** Where it takes predictions, with its names filled in. */
  readonly path: string;
  readonly members: () => readonly number[];
  /** How it ended; undefined while its first process lives. */
  readonly ended: () => string | undefined;
}

/** It had all its time, or there is no such program: to try again soon is of no use. */
export class Hopeless extends Error {
  override readonly name = "Hopeless";
}

const LOOK_EVERY_MS = 100;
const PROBE_MS = 2_000;
const NO_ANSWER = "no answer";

/**
 * Waits until the program serves: its own processes listen, and it answers what shows that it does.
 * @throws Hopeless in one sentence when the time is over, Error when it ends before or somebody else has its address
 */
export async function waitUntilReady(candidate: Candidate): Promise<void> {
  const { runtime, command, ended } = candidate;
  const deadline = performance.now() + runtime.startTimeoutMs;
  let missing: string | undefined = "";
  for (;;) {
    const end = ended();
    if (end !== undefined) throw new Error(`${end} before it was ready`);
    const before = missing;
    missing = await whatIsMissing(candidate, Math.min(deadline, performance.now() + startProbeMs(runtime)));
    if (missing === undefined) return;
    if (performance.now() >= deadline) {
      // A last question that the end of the time cut off says less than the one before it.
      if (before !== "" && missing.startsWith(NO_ANSWER)) missing = before;
      throw new Hopeless(
        `not ready within ${runtime.startTimeoutMs / 1_000} s: ${missing}${elsewhere(candidate)}; a start that takes longer needs a longer startTimeout`,
      );
    }
    if (proveListener(command.address, candidate.members()).kind === "stranger") {
      throw new Error(`another process listens on ${renderAddress(command.address)}, which this server was told`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** A first prediction loads what was not loaded; any other question is answered soon or not now. */
const startProbeMs = ({ sample, startTimeoutMs }: ResolvedCommandRuntime): number =>
  sample === undefined ? PROBE_MS : startTimeoutMs;

/** Why it does not serve yet; undefined when it does. */
async function whatIsMissing(
  { runtime, command, asking, path, members }: Candidate,
  until: number,
): Promise<string | undefined> {
  const where = renderAddress(command.address);
  if (proveListener(command.address, members()).kind !== "own") return `none of its processes listens on ${where}`;
  const within = (): AbortSignal => AbortSignal.timeout(Math.max(1, Math.ceil(until - performance.now())));
  try {
    if (runtime.ready !== undefined) {
      const { status } = await asking.ask({ path: runtime.ready, signal: within() });
      if (status !== 200) return `${runtime.ready} answers ${status}`;
    }
    if (runtime.sample === undefined) return undefined;
    const mapped = mapRequest(runtime, runtime.sample);
    if ("refusal" in mapped) return `the sample cannot be asked: ${mapped.refusal}`;
    const { status, text } = await asking.ask({ path, body: mapped.body, signal: within() });
    if (status !== 200) return `the sample is answered ${status}: ${text.slice(0, 200)}`;
    const answer = mapAnswer(runtime, text);
    return "refusal" in answer ? `the sample is answered with ${answer.refusal}` : undefined;
  } catch (error) {
    return `${NO_ANSWER} on ${where} (${messageOf(error)})`;
  }
}

/** Where it listens instead. */
function elsewhere({ command, members }: Candidate): string {
  const ports = portsOf(members()).filter((port) => !("port" in command.address && port === command.address.port));
  const listens = proveListener(command.address, members()).kind === "own";
  return listens || ports.length === 0
    ? ""
    : `; they listen on port ${ports.join(", ")}, so the command ignores its {port}`;
}
