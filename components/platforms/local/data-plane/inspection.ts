import { statSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../../host/host-error.ts";
import { bad, type Finding, good, type Inspection, note } from "../../data-plane.ts";
import { findStateFolder } from "../state-folder/folder.ts";
import { findOrphans } from "../state-folder/folder-processes.ts";
import { gatewayPaths } from "../state-folder/paths.ts";
import type { Place } from "../state-folder/place.ts";
import { findLeftovers, type Leftover, stopLeftovers } from "../supervisor/leftovers.ts";
import { checkArchives } from "./archive-checks.ts";
import { askStatus, findGateways, type Gateway } from "./gateways.ts";
import { lookAtProcesses, lookAtSupervisor } from "./process-looks.ts";

/** The state folder and all that runs for it. Looks only. */
export async function inspect({ path, warning }: Place): Promise<Inspection> {
  try {
    const folder = findStateFolder(path);
    if (folder === undefined) return nothingToClear(checkMissing(path));
    const gateways = findGateways(path);
    const [processes, endpoints] = await Promise.all([
      lookAtProcesses(folder),
      Promise.all(gateways.map((gateway) => checkGateway(path, gateway))),
    ]);
    const leftovers = findLeftovers(folder).map(inWords);
    return {
      findings: [
        warning === undefined
          ? good(CHECK, path)
          : bad(CHECK, warning, "move it as it says: what serves stops meanwhile"),
        ...checkModes(path),
        lookAtSupervisor(folder),
        ...processes.map(({ finding }) => finding),
        ...(endpoints.length === 0 ? [bad("endpoints", "none serves on this machine", "pulumi up")] : endpoints.flat()),
        ...(await checkArchives(folder)),
      ],
      leftovers,
      clear: async () =>
        (await stopLeftovers(leftovers)).map(({ leftover, outcome }) => ({ leftover: inWords(leftover), outcome })),
    };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { problem } = error;
    return nothingToClear([bad(CHECK, `${problem.path}: ${problem.seen}`, problem.cure)]);
  }
}

const nothingToClear = (findings: readonly Finding[]): Inspection => ({
  findings,
  leftovers: [],
  clear: async () => [],
});

const inWords = (leftover: Leftover): Leftover & { readonly what: string } => ({
  ...leftover,
  what: describe(leftover),
});

function describe(leftover: Leftover): string {
  if (leftover.kind !== "process") return `${leftover.kind} ${leftover.path}`;
  return `process ${leftover.identity.pid}${leftover.name ? ` (${leftover.name})` : ""}: ${leftover.command}`;
}

const CHECK = "state folder";

function checkMissing(path: string): readonly Finding[] {
  const orphans = checkOrphans(path);
  const seen = `none at ${path}: nothing was deployed from here, or it was removed; nothing serves`;
  return orphans.length > 0 ? orphans : [bad(CHECK, seen, "pulumi up")];
}

/** Processes of a folder that was removed under them. */
export function checkOrphans(path: string): readonly Finding[] {
  const pids = findOrphans(path).map(({ identity }) => identity.pid);
  if (pids.length === 0) return [];
  const seen = `${path} was removed while processes of it run (${pids.join(", ")}): they are not supervised, and end one by one`;
  return [bad(CHECK, seen, `kill ${pids.join(" ")}; then pulumi up`)];
}

/** What holds a secret is for its owner alone. */
function checkModes(root: string): readonly Finding[] {
  const secrets = findGateways(root).flatMap(({ endpoint }) => {
    const { adminToken, feedbackKey, feedbackToken } = gatewayPaths(endpoint);
    return [adminToken, feedbackKey, feedbackToken];
  });
  return ["", ...secrets].flatMap((relative) => {
    const path = join(root, relative);
    const mode = (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777;
    return mode & 0o077
      ? [bad("permissions", `others may read ${path} (mode ${mode.toString(8)})`, `chmod go= ${path}`)]
      : [];
  });
}

/** What keeps the plan of a gateway from being read. */
export const findDamage = ({ endpoint, damage }: Gateway): readonly Finding[] =>
  damage === undefined
    ? []
    : [bad(`endpoint ${endpoint}`, damage, "run this as who deployed it; pulumi up writes it anew")];

async function checkGateway(root: string, gateway: Gateway): Promise<readonly Finding[]> {
  const check = `endpoint ${gateway.endpoint}`;
  const { status, ...answer } = await askStatus(root, gateway);
  const damaged = findDamage(gateway);
  if (status === undefined) {
    const seen = "error" in answer ? answer.error : "no answer";
    return [...damaged, bad(check, seen, "wait 2 s and look again; if it stays so: pulumi up")];
  }
  const { plan, losses = [] } = status;
  return [
    ...damaged,
    good(check, `${status.rollout.phase}, http://127.0.0.1:${gateway.port}`),
    ...losses.map(({ at, what }) => note(check, `lost by damage of its files (${at}): ${what}`)),
    ...(plan.override === undefined ? [] : [note(check, `${plan.stable} serves by an override: ${plan.override}`)]),
  ];
}
