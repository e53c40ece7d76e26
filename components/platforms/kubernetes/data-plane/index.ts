import { HostError } from "../../../host/host-error.ts";
import type { DataPlane, LocateDataPlane } from "../../data-plane.ts";
import { stackLabel } from "../route/names.ts";
import { findRoutes, otherStacks } from "./routes.ts";
import { type Cluster, clusterPlaceOf, describePlace, openCluster } from "./where.ts";

// Loaded before traffic is taken back: what takes time is loaded when it is asked for.

/** What serves a stack in a cluster, found by the kubeconfig of whoever asks. */
export const locate: LocateDataPlane = (request) => {
  const place = clusterPlaceOf(request);
  const stack = stackLabel(request.project, request.stack);
  let opened: Cluster | undefined;
  const cluster = (): Cluster => {
    opened ??= openCluster(place);
    return opened;
  };
  return dataPlaneIn(cluster, stack, describePlace(place));
};

function dataPlaneIn(cluster: () => Cluster, stack: string, place: string): DataPlane {
  return {
    place,
    remote: true,
    capabilities: async () =>
      (await import("./capabilities.ts")).capabilitiesIn(await findRoutes(cluster(), stack), place),
    exists: async () => (await findRoutes(cluster(), stack)).length > 0,
    endpoints: (choice) => findIn(cluster, stack, choice),
    known: (choice) => findIn(cluster, stack, choice),
    async status(endpoint) {
      const { readAnswer } = await import("./status.ts");
      return readAnswer(cluster(), endpoint);
    },
    async takeBack(endpoint, details) {
      const { takeBack } = await import("./take-back.ts");
      return takeBack(cluster(), endpoint, details);
    },
    drive: async (endpoint) => (await import("./drive.ts")).drive(cluster(), endpoint),
    async endedBefore(endpoint, plan) {
      const { endedBefore } = await import("../../../rollout/index.ts");
      const { stateOf } = await import("./memory.ts");
      return endedBefore(plan, await stateOf(cluster(), endpoint));
    },
    async refusalOf(endpoint, plan) {
      const { memoryOf, refusalOf } = await import("../../../rollout/index.ts");
      const { stateOf } = await import("./memory.ts");
      return refusalOf(plan, memoryOf(await stateOf(cluster(), endpoint)), Date.now());
    },
    evidence: async (endpoint) => (await import("./memory.ts")).readEvidence(cluster(), endpoint),
    async history(endpoint) {
      const { summaryOf } = await import("../../../rollout/index.ts");
      const { readEndings } = await import("./memory.ts");
      return (await readEndings(cluster(), endpoint)).map(summaryOf);
    },
    historyEntry: async (endpoint, id) =>
      (await (await import("./memory.ts")).readEndings(cluster(), endpoint)).find((entry) => entry.id === id),
    look: async (choice = {}) => (await import("./look.ts")).look(cluster(), stack, choice),
    inspect: async () => (await import("./inspection.ts")).inspect(cluster, stack),
    neighbours: async () => (await otherStacks(cluster(), stack)).map((other) => ({ stack: other, place })),
    async requireArchive({ version }) {
      const allowed = "an archive that can be read from here";
      const cure = "Name an archive of another kind in the release (archive), or keep the version.";
      throw new HostError({ path: place, seen: `no archive of ${version}: a cluster keeps none`, allowed, cure });
    },
  };
}

/** Only what people choose by: an object of the cluster has more. */
async function findIn(cluster: () => Cluster, stack: string, choice: Parameters<DataPlane["endpoints"]>[0]) {
  const routes = await findRoutes(cluster(), stack, choice);
  return routes.map(({ endpoint, plan }) => ({ endpoint, plan }));
}
