import { createServer, type Server } from "node:http";
import { beforeAll, expect, test } from "vitest";
import { freePort } from "../../components/host/free-port.ts";
import { openStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { trainInto } from "../support/models.ts";
import { createProject, type Project } from "../support/project.ts";
import { releaseOf } from "../support/release.ts";
import { predict, statusOf } from "../support/serving.ts";
import { claimOf, expectConvergence, kill9, supervisorOf, until } from "./stage.ts";

// The endpoint's port held by a stranger who answers every request with 200.

let project: Project;
let port = 0;
let adminPort = 0;
const tokensToldToStrangers: string[] = [];

beforeAll(async () => {
  project = await createProject();
  const { v1 = "" } = await trainInto(project.dir);
  port = await freePort();
  project.configure(releaseOf({ pins: { v1 }, release: { platform: { kind: "local", port: String(port) } } }));
  return () => project[Symbol.asyncDispose]();
}, 120_000);

async function holdPort(held: number): Promise<() => Promise<unknown>> {
  const stranger = createServer(({ headers }, response) => {
    if (headers.authorization !== undefined) tokensToldToStrangers.push(headers.authorization);
    response.end('{"instance":"a stranger"}');
  });
  // Of a process that was killed, the threads end one after the other, and the last one lets go of the port.
  await until(() => listens(stranger, held));
  return () => {
    stranger.closeAllConnections();
    return new Promise((resolve) => stranger.close(resolve));
  };
}

const listens = (server: Server, held: number): Promise<boolean> =>
  new Promise((resolve) => {
    const refused = () => resolve(false);
    server.once("error", refused);
    server.listen({ host: "127.0.0.1", port: held }, () => {
      server.off("error", refused);
      resolve(true);
    });
  });

const folder = () => openStateFolder(project.stateDir);
const url = () => `http://127.0.0.1:${port}`;
const ask = () => predict(url(), { text: "a great chair" });

test("before the first up: the up names the port, and goes through when the stranger is gone", async () => {
  const leave = await holdPort(port);
  const taken = await project.up("--skip-preview");
  expect(taken.code).not.toBe(0);
  expect(taken.output).toContain(`port ${port} of 127.0.0.1 is held by another process`);
  await leave();
  await expectConvergence({ project });
  expect(await ask()).toMatchObject({ status: 200, version: "v1" });
  ({ adminPort } = claimOf(folder()));
});

/** Kills the gateway when nobody can start it again, so that somebody else may be faster. */
async function killGatewayAlone(): Promise<void> {
  await kill9(supervisorOf(folder()));
  await kill9(claimOf(folder()).pid);
}

test.each([
  ["the endpoint's port", () => port],
  ["the admin port", () => adminPort],
])(
  "%s, grabbed while the gateway is down: named by up, and healed without it when the stranger goes",
  async (_, which) => {
    await killGatewayAlone();
    const leave = await holdPort(which());
    const taken = await project.up("--skip-preview");
    expect(taken.code).not.toBe(0);
    expect(taken.output).toContain(`port ${which()} of 127.0.0.1 is held by another process`);

    await leave();
    await until(async () => {
      try {
        return (await ask()).version === "v1";
      } catch {
        return false;
      }
    });
    expect((await statusOf(project.stateDir, "sentiment")).weights).toEqual({ v1: 10_000 });
    await expectConvergence({ project });
  },
);
