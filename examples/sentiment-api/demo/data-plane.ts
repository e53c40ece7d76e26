import type { DataPlane, EndpointLook } from "../../../components/platforms/data-plane.ts";
import type { TrafficStatus } from "../../../components/traffic/index.ts";
import { locateDataPlane } from "../../../stacks/data-planes.ts";
import type { Evidence } from "./report.ts";
import type { Stage } from "./stage.ts";

const endpoint = "sentiment";

/** What serves the demo's stack, asked as the command line asks it: the platform could be any. */
export const locate = ({ dir, stack, env }: Stage): Promise<DataPlane> =>
  locateDataPlane({ root: dir, stack, project: "sentiment-api", env, platform: "local", setting: () => undefined });

/** What it says now. @throws Error when it says nothing */
export async function statusOf(plane: DataPlane): Promise<TrafficStatus> {
  const answer = await plane.status(endpoint);
  if (answer.status === undefined) throw new Error(answer.error);
  return answer.status;
}

/** What the running or last rollout was judged on. */
export const evidenceOf = async (plane: DataPlane): Promise<Evidence> => (await plane.evidence(endpoint)) as Evidence;

/** Where clients send requests, and where the live page is. @throws Error when nothing serves */
export async function lookAt(plane: DataPlane): Promise<EndpointLook> {
  const [found] = (await plane.look({ endpoint })).endpoints;
  if (found === undefined) throw new Error(`nothing serves in ${plane.place}`);
  return found;
}

/** An archive is there, and whole: every file was read again. */
export const isArchived = (plane: DataPlane, model: string, version: string): Promise<boolean> =>
  plane.requireArchive({ model, version }).then(
    () => true,
    () => false,
  );
