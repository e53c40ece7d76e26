import { readFileSync } from "node:fs";
import type { DataPlane, EndpointLook } from "../../components/platforms/data-plane.ts";
import { folderAt } from "../../components/platforms/local/state-folder/folder.ts";
import { gatewayPaths } from "../../components/platforms/local/state-folder/paths.ts";
import type { RolloutEvidence } from "../../components/rollout/index.ts";
import type { TrafficStatus } from "../../components/traffic/index.ts";
import { locateDataPlane } from "../../stacks/data-planes.ts";
import type { Stage } from "./stage.ts";

/** What serves a stage, and under which name. */
export interface Served {
  readonly plane: DataPlane;
  readonly endpoint: string;
}

/** What serves the demo's stack, asked as the command line asks it: the platform could be any. */
export const locate = async ({ dir, endpoint, settings, ...where }: Stage): Promise<Served> => {
  const { stack, project, env, platform } = where;
  const plane = await locateDataPlane({
    ...{ root: dir, stack, project, env, platform },
    setting: (name) => settings[name],
  });
  return { plane, endpoint };
};

/** What it says now. @throws Error when it says nothing */
export async function statusOf({ plane, endpoint }: Served): Promise<TrafficStatus> {
  const answer = await plane.status(endpoint);
  if (answer.status === undefined) throw new Error(answer.error);
  return answer.status;
}

/** What the running or last rollout was judged on. */
export const evidenceOf = ({ plane, endpoint }: Served): Promise<RolloutEvidence> => plane.evidence(endpoint);

/** Where clients send requests, and where the live page is. @throws Error when nothing serves */
export async function lookAt({ plane, endpoint }: Served): Promise<EndpointLook & { readonly page: string }> {
  const [found] = (await plane.look({ endpoint })).endpoints;
  if (found === undefined) throw new Error(`nothing serves in ${plane.place}`);
  const { page } = found;
  if (page === undefined) throw new Error(`what serves in ${plane.place} has no live page`);
  return { ...found, page };
}

/** An archive is there, and whole: every file was read again. */
export const isArchived = ({ plane }: Served, model: string, version: string): Promise<boolean> =>
  plane.requireArchive({ model, version }).then(
    () => true,
    () => false,
  );

/**
 * The credential for feedback. It asks the local platform and no contract, on purpose: here it lies in a file that is this
 * platform's own; elsewhere it is a secret of the cluster's or the cloud's.
 */
export const readFeedbackToken = ({ stateDir, endpoint }: Stage): string =>
  readFileSync(folderAt(stateDir).path(gatewayPaths(endpoint).feedbackToken), "utf8").trim();
