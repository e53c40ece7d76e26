import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { freePort } from "../../components/host/free-port.ts";
import { readHostId } from "../../components/host/host-id.ts";
import { abortRollout } from "../../components/platforms/local/gateway/admin-client.ts";
import { readSpec } from "../../components/platforms/local/supervisor/process-spec.ts";
import { linesOf, type Project, repository, run } from "../support/project.ts";
import { pidOf, predict, serverOf, statusOf } from "../support/serving.ts";
import { createStage, endEverything, gatewayProcess, kill9, rollout, type Stage, until } from "./stage.ts";

// The same stack under another name, after a reboot, from a package that has moved, on another machine. The project does
// not ask the engine to refresh.

let stage: Stage;
let port = "";
const release = () => ({ platform: { kind: "local", port } });

beforeAll(async () => {
  port = String(await freePort());
  stage = await createStage({
    prepare: (project) => {
      const yaml = readFileSync(path.join(project.dir, "Pulumi.yaml"), "utf8");
      project.write("Pulumi.yaml", yaml.replace("options:\n  refresh: always\n", ""));
      installCopy(project);
    },
    first: () => ({ rollout: rollout("25%"), release: release() }),
  });
  return () => stage[Symbol.asyncDispose]();
}, 180_000);

const linkOf = ({ dir }: Project) => path.join(dir, "node_modules/pulumi-model-lifecycle");
const storeOf = ({ dir }: Project, name: string) => path.join(dir, "store", name);

/** The package as a package manager keeps it: a folder named after its version, and a link to it. */
function installCopy(project: Project): void {
  const package_ = path.join(storeOf(project, "1"), "pulumi-model-lifecycle");
  mkdirSync(package_, { recursive: true });
  cpSync(path.join(repository, "dist"), path.join(package_, "dist"), { recursive: true });
  cpSync(path.join(repository, "package.json"), path.join(package_, "package.json"));
  symlinkSync(path.join(repository, "node_modules"), path.join(storeOf(project, "1"), "node_modules"), "dir");
  rmSync(linkOf(project));
  symlinkSync(package_, linkOf(project), "dir");
}

function movePackage(from: string, to: string): void {
  renameSync(storeOf(stage.project, from), storeOf(stage.project, to));
  rmSync(linkOf(stage.project));
  symlinkSync(path.join(storeOf(stage.project, to), "pulumi-model-lifecycle"), linkOf(stage.project), "dir");
}

const server = (version: "v1" | "v2") => serverOf("sentiment", version, stage.pins[version]);
const processes = () => [gatewayProcess, server("v1"), server("v2")];
const pids = () => processes().map((name) => pidOf(stage.folder.root, name));
const ask = () => predict(stage.url, { text: "a great chair" });
const weights = async () => (await statusOf(stage.folder.root, "sentiment")).weights;

const startedAgain = [
  "update Gateway sentiment-gateway",
  "update ModelServer sentiment-v1-server",
  "update ModelServer sentiment-v2-server",
];

async function renameStack(from: string, to: string): Promise<void> {
  const { code, output } = await stage.project.pulumi("stack", "rename", to, "--stack", from, "--non-interactive");
  expect(code, output).toBe(0);
}

test("a stack renamed in a rollout, on a fixed port: the same processes, and the rollout goes on", async () => {
  const before = pids();
  const { startedAt } = (await statusOf(stage.folder.root, "sentiment")).rollout;
  await renameStack("dev", "prod");

  // Until its next up the new name has nothing, and the old one is named.
  const { dir, env } = stage.project;
  const configuration = readFileSync(path.join(dir, "Pulumi.prod.yaml"), "utf8");
  const cli = path.join(repository, "dist/stacks/cli/mlc.js");
  const { output } = await run(process.execPath, [cli, "rollback", "--yes", "--no-up", "--stack", "prod"], dir, env);
  expect(output).toContain(`stack dev serves from ${stage.folder.root}`);
  stage.project.write("Pulumi.prod.yaml", configuration);

  const up = await stage.project.pulumi("up", "--yes", "--skip-preview", "--stack", "prod", "--non-interactive");
  expect(up.code, up.output).toBe(0);
  expect(linesOf(up)).toEqual([]);
  expect(pids()).toEqual(before);
  expect(await weights()).toEqual({ v1: 7_500, v2: 2_500 });
  expect((await statusOf(stage.folder.root, "sentiment")).rollout.startedAt).toBe(startedAt);
  expect(stage.customers.seen().failed).toEqual([]);
});

test("a rollout that was ended stays so under the next name", async () => {
  await abortRollout(stage.folder, "sentiment", "too many complaints");
  await renameStack("prod", "dev");
  const up = await stage.project.up("--skip-preview");
  expect(up.code, up.output).toBe(0);
  expect(await weights()).toEqual({ v1: 10_000, v2: 0 });
  stage.configure({ rollout: rollout("50%"), release: release() });
  const again = await stage.project.preview();
  expect(again.code).not.toBe(0);
  expect(again.output).toContain("(too many complaints)");
  stage.configure({ release: release() });
  const ended = await stage.project.up("--skip-preview");
  expect(ended.code, ended.output).toBe(0);
  expect(stage.customers.seen().failed).toEqual([]);
});

test("after a reboot preview says what is to start again, and up starts it", async () => {
  await endEverything(stage.folder);
  const preview = await stage.project.preview();
  expect(preview.code, preview.output).toBe(0);
  expect(linesOf(preview)).toEqual(startedAgain);
  const up = await stage.project.up("--skip-preview");
  expect(up.code, up.output).toBe(0);
  expect(linesOf(up)).toEqual(startedAgain);
  expect(await ask()).toMatchObject({ status: 200, version: "v1" });
});

test("a gateway that cannot start is no unchanged resource, though its supervisor lives", async () => {
  const stranger = createServer((socket) => socket.destroy());
  await endEverything(stage.folder);
  await until(
    () =>
      new Promise((resolve) => {
        stranger.once("error", () => resolve(false));
        stranger.listen({ host: "127.0.0.1", port: Number(port) }, () => resolve(true));
      }),
  );
  const first = await stage.project.up("--skip-preview");
  const second = await stage.project.up("--skip-preview");
  for (const { code, output } of [first, second]) {
    expect(code).not.toBe(0);
    expect(output).toContain(`port ${port} of 127.0.0.1 is held by another process`);
  }
  await new Promise((resolve) => stranger.close(resolve));
  const up = await stage.project.up("--skip-preview");
  expect(up.code, up.output).toBe(0);
  expect(await ask()).toMatchObject({ status: 200, version: "v1" });
});

test("a package that has moved: up starts everything from the new place, and loses nothing", async () => {
  movePackage("1", "2");
  const failed = stage.customers.seen().failed.length;
  const up = await stage.project.up("--skip-preview");
  expect(up.code, up.output).toBe(0);
  expect(linesOf(up)).toEqual(startedAgain);
  for (const name of processes()) {
    expect(readSpec(stage.folder, name)?.script).toContain(storeOf(stage.project, "2"));
  }
  await stage.customers.served(100);
  expect(stage.customers.seen().failed.slice(failed)).toEqual([]);
});

test("a server that died after the package had moved comes back with the next up", async () => {
  movePackage("2", "3");
  await kill9(pidOf(stage.folder.root, server("v1")));
  const up = await stage.project.up("--skip-preview");
  expect(up.code, up.output).toBe(0);
  expect(await ask()).toMatchObject({ status: 200, version: "v1" });
  // From now on the supervisor does it again.
  const before = pidOf(stage.folder.root, server("v1"));
  await kill9(before);
  await until(async () => (await ask().catch(() => undefined))?.status === 200);
});

/** The stack's state as another machine would have written it. */
async function makeForeign(hostId: string): Promise<void> {
  const file = path.join(stage.project.dir, "exported.json");
  await stage.project.pulumi("stack", "export", "--stack", "dev", "--file", file);
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(readHostId(), hostId));
  const { code, output } = await stage.project.pulumi("stack", "import", "--stack", "dev", "--file", file);
  expect(code, output).toBe(0);
}

test("another machine with an id: refused with a cure, by which up builds anew and destroy gets through", async () => {
  await endEverything(stage.folder);
  await makeForeign("0123456789abcdef");
  rmSync(stage.folder.root, { recursive: true });
  const refused = await stage.project.preview();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("MLC_MACHINE_GONE=0123456789abcdef");

  stage.project.env.MLC_MACHINE_GONE = "0123456789abcdef";
  const up = await stage.project.up("--skip-preview");
  delete stage.project.env.MLC_MACHINE_GONE;
  expect(up.code, up.output).toBe(0);
  expect(await ask()).toMatchObject({ status: 200, version: "v1" });
});

test("a container made anew without its folder: refresh says gone, and destroy gets through", async () => {
  await endEverything(stage.folder);
  await makeForeign("name-0123456789abcdef");
  rmSync(stage.folder.root, { recursive: true });
  const refresh = await stage.project.pulumi("refresh", "--yes", "--stack", "dev", "--non-interactive");
  expect(refresh.code, refresh.output).toBe(0);
  const { code, output } = await stage.project.destroy();
  expect(code, output).toBe(0);
});
