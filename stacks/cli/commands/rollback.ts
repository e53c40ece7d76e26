import type { TrafficStatus } from "../../../components/spec/status.ts";
import type { Command, Options, Outcome } from "../command.ts";
import { Failure } from "../failure.ts";
import { findGateways, takeBack } from "../gateways.ts";
import { findProject, type Project } from "../project.ts";
import { renderShare } from "../render-time.ts";
import type { Terminal } from "../terminal.ts";

// This module is loaded before the traffic is set: it imports nothing that takes time. What writes the configuration and
// runs the engine is loaded while the gateway already obeys.

export const rollback: Command = (terminal, { options }) => getBack(terminal, options, "rollback");

export const abort: Command = (terminal, { options }) => getBack(terminal, options, "abort");

type Way = "rollback" | "abort";

/** Traffic first, then configuration, then everything else. No step waits for the success of the one before. */
async function getBack(terminal: Terminal, options: Options, way: Way): Promise<Outcome> {
  const project = findProject(options);
  const traffic = await setTraffic(terminal, project, options, way);
  try {
    return await settle(terminal, project, options, way, traffic);
  } catch (error) {
    if (!(error instanceof Failure) || traffic.every(({ status }) => status === undefined)) throw error;
    throw new Failure(error.exitCode, `The traffic is set and stays so. What is left to do:\n${error.message}`, {
      problems: error.problems,
      facts: { ...error.facts, traffic },
    });
  }
}

async function settle(
  terminal: Terminal,
  project: Project,
  options: Options,
  way: Way,
  traffic: readonly TrafficResult[],
): Promise<Outcome> {
  const start = performance.now();
  const { convergeUnless, factsOf, planChange, showChange } = await import("../change.ts");
  const { writeStackFile } = await import("../stack-file.ts");
  const moves = await import("../../../components/lifecycle/index.ts");
  const change = planChange(project, moves[way]);
  if (change.diff !== "") writeStackFile(change.file, change.text);
  const configurationMs = performance.now() - start;
  showChange(terminal, change);
  // Without a difference as well: an earlier rollback may have been killed between writing and converging.
  const converged = await convergeUnless(terminal, options, project);
  terminal.say(
    [
      ...traffic.map(({ endpoint, ms, status }) =>
        status ? `traffic ${Math.round(ms)} ms` : `traffic of ${endpoint} not set`,
      ),
      `configuration ${Math.round(configurationMs)} ms`,
      ...(converged.converged ? [`converged ${converged.converged.seconds.toFixed(1)} s`] : []),
    ].join(" · "),
  );
  return { facts: { traffic, configurationMs, ...factsOf(change), ...converged } };
}

interface TrafficResult {
  readonly endpoint: string;
  /** From the start of this process to the effect, Node's own start included. */
  readonly ms: number;
  readonly status?: TrafficStatus;
  readonly error?: string;
}

async function setTraffic(
  terminal: Terminal,
  project: Project,
  options: Options,
  way: Way,
): Promise<readonly TrafficResult[]> {
  const reason = options.reason ?? `mlc ${way}`;
  const endpoints = await endpointsOf(project, options);
  if (endpoints.length === 0) {
    terminal.warn(`no gateway in ${project.stateFolder}; going on with the configuration`);
  }
  return Promise.all(
    endpoints.map(async (endpoint) => {
      const asked = takeBack(project.stateFolder, endpoint, way, reason);
      const answer = { ...(await terminal.during(`asking gateway ${endpoint}`, asked)), ms: performance.now() };
      if (answer.status) terminal.say(`${terminal.paint("green", "✓")} ${endpoint}: ${whoServes(answer.status)}`);
      else terminal.warn(`${answer.error}; going on with the configuration`);
      return answer;
    }),
  );
}

/** Reads the configuration only where there is a choice, and takes them all when it cannot be read. */
async function endpointsOf({ stateFolder, stackFile }: Project, { endpoint }: Options): Promise<readonly string[]> {
  const all = findGateways(stateFolder, { endpoint });
  if (all.length < 2) return all.map((gateway) => gateway.endpoint);
  const { modelInFile } = await import("../stack-file.ts");
  return findGateways(stateFolder, { endpoint, model: modelInFile(stackFile) }).map((gateway) => gateway.endpoint);
}

function whoServes({ weights, rollout }: TrafficStatus): string {
  const shares = Object.entries(weights).filter(([, weight]) => weight > 0);
  return `${shares.map(([version, weight]) => `${version} serves ${renderShare(weight)}`).join(", ")} (${rollout.phase})`;
}
