import { statSync } from "node:fs";
import { join, relative } from "node:path";
import { findStateFolder, type StateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import { findOrphans } from "../../../components/platforms/local/state-folder/folder-processes.ts";
import { findLeftovers, type Leftover } from "../../../components/platforms/local/state-folder/leftovers.ts";
import { directories, gatewayPaths } from "../../../components/platforms/local/state-folder/paths.ts";
import { StateFolderError } from "../../../components/platforms/local/state-folder/state-folder-error.ts";
import { claimHolder } from "../../../components/platforms/local/supervisor/claim.ts";
import { listSpecNames } from "../../../components/platforms/local/supervisor/process-names.ts";
import {
  readStatus as readProcessStatus,
  readSpec,
} from "../../../components/platforms/local/supervisor/process-spec.ts";
import { isReady } from "../../../components/platforms/local/supervisor/ready-probe.ts";
import { findGateways, type Gateway, readStatus } from "../gateways.ts";
import { checkArchives } from "./archive-checks.ts";
import { bad, type Finding, good } from "./finding.ts";

export interface StateFindings {
  readonly findings: readonly Finding[];
  readonly leftovers: readonly Leftover[];
}

/** The state folder and all that runs for it. Looks only. */
export async function checkStateFolder(path: string): Promise<StateFindings> {
  const check = "state folder";
  try {
    const folder = findStateFolder(path);
    if (folder === undefined) {
      const orphans = findOrphans(path);
      if (orphans.length === 0)
        return {
          findings: [good(check, `none at ${path}: nothing was deployed from here, nothing serves`)],
          leftovers: [],
        };
      const pids = orphans.map(({ identity }) => identity.pid).join(", ");
      const seen = `${path} was removed while processes of it run (${pids}): they are not supervised, and end one by one`;
      return { findings: [bad(check, seen, `kill ${pids.replaceAll(",", "")}; then pulumi up`)], leftovers: [] };
    }
    return {
      findings: [
        good(check, path),
        ...checkModes(path),
        ...checkSupervisor(folder),
        ...(await Promise.all(listSpecNames(folder).map((name) => checkProcess(folder, name)))),
        ...(await Promise.all(findGateways(path).map((gateway) => checkGateway(path, gateway)))),
        ...(await checkArchives(folder)),
      ],
      leftovers: findLeftovers(folder),
    };
  } catch (error) {
    if (!(error instanceof StateFolderError)) throw error;
    const { problem } = error;
    return { findings: [bad(check, `${problem.path}: ${problem.seen}`, problem.cure)], leftovers: [] };
  }
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

function checkSupervisor(folder: StateFolder): readonly Finding[] {
  const holder = claimHolder(folder.path(directories.supervisor));
  if (holder) return [good("supervisor", `process ${holder.pid}`)];
  if (listSpecNames(folder).length === 0) return [good("supervisor", "none, and nothing to supervise")];
  return [bad("supervisor", "none lives: a process that dies is not started again", "run pulumi up, which starts it")];
}

async function checkProcess(folder: StateFolder, name: string): Promise<Finding> {
  const spec = readSpec(folder, name);
  if (spec === undefined) return good(name, "was removed just now");
  // Relative, as the path of a Unix socket may have no more than 107 bytes.
  const nearer = (socket: string) => relative(process.cwd(), folder.path(socket));
  const probe = "socket" in spec.ready ? { ...spec.ready, socket: nearer(spec.ready.socket) } : spec.ready;
  if (await isReady(probe, spec.instance)) return good(name, "port" in probe ? `ready on port ${probe.port}` : "ready");
  const status = readProcessStatus(folder, name);
  const last = status?.lastExit?.log.at(-1);
  const seen = `${status?.state ?? "not started"}${last ? `; its last line: ${last}` : ""}`;
  if (status?.state === "portTaken")
    return bad(name, seen, "end the program that holds the port, or give the release another port");
  return bad(name, seen, `read logs/${name}.log in ${folder.root}; pulumi up puts in place what is missing`);
}

async function checkGateway(root: string, gateway: Gateway): Promise<Finding> {
  const check = `endpoint ${gateway.endpoint}`;
  const { status, ...answer } = await readStatus(root, gateway);
  if (status) return good(check, `${status.rollout.phase}, http://127.0.0.1:${gateway.port}`);
  const seen = "error" in answer ? answer.error : "no answer";
  return bad(check, seen, "wait 2 s and look again; if it stays so: pulumi up");
}
