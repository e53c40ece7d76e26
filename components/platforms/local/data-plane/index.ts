import { existsSync } from "node:fs";
import type { DataPlane, LocateDataPlane } from "../../data-plane.ts";
import { findStateFolder, folderAt } from "../state-folder/folder.ts";
import { type Place, placeOf, stacksBeside } from "../state-folder/place.ts";
import { askStatus, findGateways, knownGateways, takeBack } from "./gateways.ts";

// Loaded before traffic is taken back: what takes time is loaded when it is asked for.

/** What serves a stack on this machine, whether there is anything or not. */
export const locate: LocateDataPlane = ({ setting, ...request }) => {
  const place = placeOf(request);
  if (existsSync(place.path)) return dataPlaneAt(place);
  // Known by its pointer as a rule; a home in which nothing can be written has none.
  const path = setting("stateFolder");
  return dataPlaneAt(path === undefined ? place : { path });
};

function dataPlaneAt(place: Place): DataPlane {
  const { path, warning } = place;
  const folder = folderAt(path);
  return {
    place: path,
    ...(warning !== undefined && { warning }),
    capabilities: async () => (await import("./capabilities.ts")).localCapabilities,
    exists: async () => findStateFolder(path) !== undefined,
    endpoints: async (choice) => findGateways(path, choice),
    known: async (choice) => knownGateways(path, choice),
    async status(endpoint) {
      const gateway = knownGateways(path, { endpoint })[0];
      return gateway === undefined ? { endpoint, error: "there is no such gateway" } : askStatus(path, gateway);
    },
    takeBack: (endpoint, details) => takeBack(path, endpoint, details),
    async endedBefore(endpoint, plan) {
      const { endedBefore } = await import("../../../rollout/index.ts");
      const { memoryFromFiles } = await import("../gateway/refusal-from-files.ts");
      return endedBefore(plan, memoryFromFiles(folder, endpoint));
    },
    async refusalOf(endpoint, plan) {
      const { refusalFromFiles } = await import("../gateway/refusal-from-files.ts");
      return refusalFromFiles(folder, endpoint, plan);
    },
    evidence: async (endpoint) => (await import("../gateway/admin-client.ts")).readEvidence(folder, endpoint),
    history: async (endpoint) => (await import("../gateway/history.ts")).readHistory(folder, endpoint),
    historyEntry: async (endpoint, id) =>
      (await import("../gateway/history.ts")).readHistoryEntry(folder, endpoint, id),
    look: async (choice = {}) => (await import("./look.ts")).look(place, choice),
    inspect: async () => (await import("./inspection.ts")).inspect(place),
    neighbours: async () =>
      stacksBeside(path)
        .filter((beside) => findGateways(beside.path).length > 0)
        .map((beside) => ({ stack: beside.stack, place: beside.path })),
    async requireArchive(wanted) {
      const { requireArchive } = await import("../state-folder/archive-damage.ts");
      await requireArchive(folder, wanted);
    },
    rehearse: async (request) => (await import("../rehearsal/index.ts")).rehearse(request),
    async unit(description) {
      const { unitOf } = await import("../supervisor/unit.ts");
      return unitOf(path, description);
    },
  };
}
