import { spawnSync } from "node:child_process";
import { repository } from "../../support/project.ts";
import { type Figure, figure } from "../figure.ts";

/** How long `npm test` takes, with the engine in its cache. A run that fails is no figure. */
export function benchTestMinutes(): readonly Figure[] {
  const from = performance.now();
  const { status } = spawnSync("npm", ["test"], { cwd: repository, stdio: ["ignore", "ignore", "inherit"] });
  const minutes = (performance.now() - from) / 60_000;
  if (status !== 0) throw new Error(`npm test ended with ${status} after ${minutes.toFixed(1)} minutes`);
  return [figure("test-minutes", minutes, "minutes", { atMost: 6 }, "npm test, from the build to its end")];
}
