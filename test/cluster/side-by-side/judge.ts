import { join } from "node:path";
import { repository } from "../../support/project.ts";
import { SCRAPE_SECONDS, type TestBed } from "../test-bed/index.ts";

/** Starts our judge as a server that others ask. @returns its address */
export async function startJudge({ prometheus, run }: TestBed): Promise<string> {
  const port = await run({
    ...{ name: "judge", path: process.execPath, ready: "/healthz" },
    args: (port) => [
      ...[join(repository, "dist/stacks/cli/mlc.js"), "judge", "--serve", String(port)],
      ...["--prometheus", prometheus.url, "--series", "envoy", "--interval", String(2 * SCRAPE_SECONDS)],
      ...["--guard", "errorRate=2pp"],
    ],
  });
  return `http://127.0.0.1:${port}`;
}
