import { existsSync } from "node:fs";
import { specPath } from "../../components/platforms/local/state-folder/paths.ts";
import { serverOf, statusOf } from "../support/serving.ts";
import { isProvider, untilRuns } from "./engine-processes.ts";
import { type Stage, until } from "./stage.ts";

/** Moments of an up that gives v2 its server and a quarter of the traffic. */
export const moments: readonly (readonly [name: string, comes: (stage: Stage) => Promise<unknown>])[] = [
  ["as soon as the provider runs", ({ project }) => untilRuns(project, isProvider)],
  [
    "when the new server is asked for",
    ({ folder, pins }) => until(() => existsSync(folder.path(specPath(serverOf("sentiment", "v2", pins.v2))))),
  ],
  [
    "when the new weights are in force",
    ({ folder }) => until(async () => (await statusOf(folder.root, "sentiment")).weights.v2 === 2_500),
  ],
];
