import { messageOf } from "../../components/host/host-error.ts";
import type { DataPlane, Endpoint, TakeBack } from "../../components/platforms/data-plane.ts";
import { closest } from "../../components/release/closest.ts";
import { renderPercent } from "../../components/release/units.ts";
import type { TrafficStatus } from "../../components/traffic/status.ts";
import { exitCodes, Failure, usageFailure } from "./failure.ts";
import type { EmergencyOptions } from "./options.ts";
import { locateStack, type Project, type StackPlace, shortName } from "./project.ts";
import type { Terminal } from "./terminal.ts";
import type { Outcome } from "./verb.ts";

// This module is loaded before the traffic is set: it imports nothing that takes time. What writes the configuration and
// runs the engine is loaded while the gateway already obeys.

type Way = TakeBack["way"];

/**
 * Takes the traffic back: traffic first, then configuration, then everything else. No step waits for the success of the
 * one before.
 * @throws Failure that says what is done and what is left.
 */
export async function takeBack(terminal: Terminal, options: EmergencyOptions, way: Way): Promise<Outcome> {
  const again = `Run \`mlc ${way}\` again: twice is the same as once.`;
  terminal.stand({ done: "Whether the traffic was set is not known.", left: again });
  const place = await locateStack(options);
  const traffic = await setTraffic(terminal, place, options, way);
  const isSet = traffic.some(({ status }) => status !== undefined);
  terminal.stand({ done: isSet ? "The traffic is set and stays so." : "No traffic was set.", left: again });
  try {
    return await settle(terminal, configured(place), options, way, traffic);
  } catch (error) {
    const { asFailure } = await import("./as-failure.ts");
    const failure = asFailure(error, terminal);
    const title = isSet ? "The traffic is set and stays so. What is left to do:\n" : "";
    throw new Failure(failure.exitCode, `${title}${failure.message}`, {
      problems: failure.problems,
      facts: { ...failure.facts, traffic },
    });
  }
}

/** @throws Failure (1) when there is nothing to write the same into: the file may stand on another branch. */
function configured({ stackFile, ...place }: StackPlace): Project {
  if (stackFile !== undefined) return { ...place, stackFile };
  throw new Failure(
    exitCodes.error,
    `There is no Pulumi.${shortName(place.stack)}.yaml in ${place.root}; it may stand on another branch. Where it is, run the same command: it finds what serves and writes that.`,
  );
}

async function settle(
  terminal: Terminal,
  project: Project,
  options: EmergencyOptions,
  way: Way,
  traffic: readonly TrafficResult[],
): Promise<Outcome> {
  const start = performance.now();
  const { convergeUnless, factsOf, planChange, showChange } = await import("./change.ts");
  const { upCommand } = await import("./converge.ts");
  const { writeStackFile } = await import("./stack-file.ts");
  const { goBack } = await import("./go-back.ts");
  const { rememberRollback } = await import("./rollback-marker.ts");
  const change = planChange(project, goBack(project, options, way, servingIn(traffic)));
  if (change.diff !== "") {
    // Before the file: a rollback that dies in between is made again, not made twice.
    if (way === "rollback") {
      await orWarn(terminal, () => rememberRollback(project.dataPlane.place, change.release.rollout, new Date()));
    }
    writeStackFile(change.file, change.text);
    const { done } = terminal.standing;
    terminal.stand({ done: `${done} The configuration is written.`, left: `What is left: ${upCommand(project)}` });
  }
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
  place: StackPlace,
  options: EmergencyOptions,
  way: Way,
): Promise<readonly TrafficResult[]> {
  const reason = options.reason ?? `mlc ${way}`;
  const gateways = await orWarn(terminal, () => gatewaysOf(place, options));
  if (gateways?.length === 0) await warnOfNone(terminal, place.dataPlane, way);
  checkTarget(gateways ?? [], options.to);
  return Promise.all(
    (gateways ?? []).map(async ({ endpoint }) => {
      const asked = place.dataPlane.takeBack(endpoint, { way, reason, to: options.to });
      const answer = { ...(await terminal.during(`asking gateway ${endpoint}`, asked)), ms: performance.now() };
      if (answer.status) terminal.say(`${terminal.paint("green", "✓")} ${endpoint}: ${whoServes(answer.status)}`);
      else terminal.warn(`${answer.error}; going on with the configuration`);
      return answer;
    }),
  );
}

/** The gateway of a stack that was renamed keeps the folder of its old name until the next `up`: such neighbours are named. */
async function warnOfNone(terminal: Terminal, dataPlane: DataPlane, way: Way): Promise<void> {
  for (const { stack, place } of (await orWarn(terminal, dataPlane.neighbours)) ?? []) {
    terminal.warn(
      `stack ${stack} serves from ${place}; was that this one's name before, then: mlc ${way} --stack ${stack}`,
    );
  }
  terminal.warn(`no gateway in ${dataPlane.place}; going on with the configuration`);
}

/** @throws Failure (2) when the version to go back to is not deployed; nothing was done then. */
function checkTarget(gateways: readonly Endpoint[], to: string | undefined): void {
  const known = [...new Set(gateways.flatMap(({ plan }) => Object.keys(plan?.versions ?? {})))];
  if (to === undefined || known.length === 0 || known.includes(to)) return;
  const meant = closest(to, known);
  throw usageFailure(
    `--to: seen "${to}", deployed are ${known.join(", ")}.${meant === undefined ? "" : ` Did you mean ${meant}?`} Nothing was done.`,
  );
}

/** Reads the configuration only where there is a choice, and takes them all when it cannot be read. */
async function gatewaysOf(
  { root, dataPlane, stackFile }: StackPlace,
  { endpoint }: EmergencyOptions,
): Promise<readonly Endpoint[]> {
  const all = await dataPlane.endpoints({ endpoint });
  if (all.length < 2 || stackFile === undefined) return all;
  const { modelIn } = await import("./stack-file.ts");
  return dataPlane.endpoints({ endpoint, model: modelIn({ root, stackFile }) });
}

/** The version that gets all traffic at every endpoint that answered; undefined when they differ or share traffic out. */
function servingIn(traffic: readonly TrafficResult[]): string | undefined {
  const serving = traffic.flatMap(({ status }) =>
    Object.entries(status?.weights ?? {}).flatMap(([version, weight]) => (weight === 10_000 ? [version] : [])),
  );
  return new Set(serving).size === 1 ? serving[0] : undefined;
}

function whoServes({ weights, rollout }: TrafficStatus): string {
  const shares = Object.entries(weights).filter(([, weight]) => weight > 0);
  return `${shares.map(([version, weight]) => `${version} serves ${renderPercent(weight)}`).join(", ")} (${rollout.phase})`;
}

/** Does what the steps after it can do without: an error becomes a warning. */
async function orWarn<Result>(terminal: Terminal, work: () => Result | Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    const { explainSystemError } = await import("./system-errors.ts");
    terminal.warn(explainSystemError(error) ?? messageOf(error));
    return undefined;
  }
}
