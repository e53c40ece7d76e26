import { readdirSync, readFileSync, readlinkSync, realpathSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { findEngine } from "../../../stacks/engine/index.ts";
import { fakeMachine } from "./fake-machine.ts";

const sources = resolve(import.meta.dirname, "../../../stacks/engine");

test("pulumi on PATH comes before every other", async () => {
  const machine = fakeMachine();
  const path = machine.pulumi("bin/pulumi", "3.249.0");
  machine.pulumi(".pulumi/versions/3.300.0/bin/pulumi", "3.300.0");
  machine.go();
  expect(await findEngine({ env: machine.env })).toEqual({ path, version: "3.249.0", from: "path" });
});

test("a usable pulumi further down PATH is taken when the first one does not run", async () => {
  const machine = fakeMachine();
  machine.script("launcher/pulumi", "echo cannot download >&2", "exit 1");
  const path = machine.pulumi("bin/pulumi", "3.260.0");
  const env = { ...machine.env, PATH: `${join(machine.root, "launcher")}:${machine.env.PATH}` };
  expect(await findEngine({ env })).toEqual({ path, version: "3.260.0", from: "path" });
});

test("an old pulumi on PATH is passed over for a download below PULUMI_HOME", async () => {
  const machine = fakeMachine();
  machine.pulumi("bin/pulumi", "3.248.9");
  const path = machine.pulumi("elsewhere/versions/3.250.0/bin/pulumi", "3.250.0");
  const env = { ...machine.env, PULUMI_HOME: join(machine.root, "elsewhere") };
  expect(await findEngine({ env })).toEqual({ path, version: "3.250.0", from: "pulumi-home" });
});

test("the newest download is taken by number, not by letter", async () => {
  const machine = fakeMachine();
  machine.pulumi(".pulumi/versions/3.999.0/bin/pulumi", "3.999.0");
  const path = machine.pulumi(".pulumi/versions/3.1000.0/bin/pulumi", "3.1000.0");
  expect(await findEngine({ env: machine.env })).toEqual({ path, version: "3.1000.0", from: "pulumi-home" });
});

test("a pre-release of a new enough version is accepted and told as it is", async () => {
  const machine = fakeMachine();
  const path = machine.pulumi("bin/pulumi", "3.270.0-alpha.1763+dirty");
  const engine = await findEngine({ env: machine.env });
  expect(engine).toEqual({ path, version: "3.270.0-alpha.1763+dirty", from: "path" });
});

test("the engine is built once, with its language host beside it, and then comes from the cache", async () => {
  const machine = fakeMachine();
  machine.go();
  machine.openGate();
  const lines: string[] = [];
  const built = await findEngine({ env: machine.env, progress: (line) => lines.push(line) });
  expect(built).toMatchObject({ version: "3.259.0", from: "build" });
  expect(dirname(dirname(built.path))).toBe(machine.cacheRoot);
  expect(lines).toEqual([
    "No Pulumi CLI found: building v3.259.0 from its Go modules. This happens once and takes 5 to 6 minutes.",
  ]);
  expect(readdirSync(dirname(built.path)).toSorted()).toEqual([
    "node_modules",
    "package.json",
    "pulumi",
    "pulumi-language-nodejs",
  ]);
  expect(await findEngine({ env: machine.env })).toEqual({ ...built, from: "cache" });
  expect(machine.builds()).toHaveLength(1);
  const engine = basename(dirname(built.path));
  expect(readdirSync(machine.cacheRoot).toSorted()).toEqual([engine, `${engine}.lock`]);
});

test("XDG_CACHE_HOME and cacheDir move the cache", async () => {
  const machine = fakeMachine();
  machine.go();
  machine.openGate();
  const env = { ...machine.env, XDG_CACHE_HOME: join(machine.root, "xdg") };
  const first = await findEngine({ env });
  expect(dirname(dirname(first.path))).toBe(join(machine.root, "xdg/model-lifecycle/engine"));
  const second = await findEngine({ env, cacheDir: join(machine.root, "own") });
  expect(dirname(dirname(second.path))).toBe(join(machine.root, "own"));
});

test("a cached engine that no longer runs is built again", async () => {
  const machine = fakeMachine();
  machine.go();
  machine.openGate();
  const { path } = await findEngine({ env: machine.env });
  writeFileSync(path, "#!/bin/sh\nexit 1\n");
  expect(await findEngine({ env: machine.env })).toEqual({ path, version: "3.259.0", from: "build" });
});

test("the cached language host follows this package when another clone wrote it or is gone", async () => {
  const machine = fakeMachine();
  machine.go();
  machine.openGate();
  const folder = dirname((await findEngine({ env: machine.env })).path);
  writeFileSync(join(folder, "pulumi-language-nodejs"), "from another clone");
  unlinkSync(join(folder, "node_modules"));
  symlinkSync(join(machine.root, "deleted-clone/node_modules"), join(folder, "node_modules"));

  await findEngine({ env: machine.env });
  expect(readFileSync(join(folder, "pulumi-language-nodejs"), "utf8")).toBe(
    readFileSync(join(sources, "language-host.mjs"), "utf8"),
  );
  const ownPackages = resolve(sources, "../../node_modules");
  expect(realpathSync(readlinkSync(join(folder, "node_modules")))).toBe(realpathSync(ownPackages));
  expect(readdirSync(folder)).toHaveLength(4);
});

test("when nothing is left the error lists every place, what was there, and what to install", async () => {
  const machine = fakeMachine();
  const old = machine.pulumi("bin/pulumi", "3.100.0");
  const silent = machine.script(".pulumi/versions/3.200.0/bin/pulumi", "true");
  const broken = machine.script(".pulumi/versions/3.300.0/bin/pulumi", "echo half a download >&2; exit 3");
  await expect(findEngine({ env: machine.env })).rejects.toThrow(
    new Error(
      [
        "No Pulumi CLI of version 3.249.0 or newer was found.",
        `  1. on PATH: ${old} is 3.100.0, too old`,
        `  2. in ${machine.root}/.pulumi/versions: ${broken} does not run (half a download); ${silent} does not tell its version`,
        "  3. built from its Go modules: no go on PATH",
        "Install the Pulumi CLI (https://www.pulumi.com/docs/install/), or, where it cannot be downloaded, Go 1.25.11 or newer (https://go.dev/dl/) and run this again.",
      ].join("\n"),
    ),
  );
});

test("a Go older than go.mod asks for is refused, and the error asks for the same version as go.mod", async () => {
  const machine = fakeMachine();
  machine.go({ version: "1.19.8" });
  const needed = /^go (\S+)$/m.exec(readFileSync(join(sources, "go/go.mod"), "utf8"))?.[1];
  const error = await findEngine({ env: machine.env }).catch((thrown: Error) => thrown.message);
  expect(error).toContain(`  3. built from its Go modules: ${machine.root}/bin/go is 1.19.8, too old\n`);
  expect(error).toContain(`Go ${needed} or newer`);
  expect(machine.builds()).toEqual([]);
});

test("a failed build tells what Go complained about and leaves nothing behind but whose turn it was", async () => {
  const machine = fakeMachine();
  machine.script(
    "bin/go",
    '[ "$1" = version ] && { echo go version go1.26.0 linux/amd64; exit; }',
    'echo "go: example.org/module: proxy.golang.org: no such host" >&2',
    "exit 1",
  );
  await expect(findEngine({ env: machine.env })).rejects.toThrow(
    "3. built from its Go modules: go build failed (exit 1)\n     go: example.org/module: proxy.golang.org: no such host\n",
  );
  expect(readdirSync(machine.cacheRoot)).toEqual([expect.stringMatching(/\.lock$/)]);
});

test("a cache folder that cannot be written is a reason of its own", async () => {
  const machine = fakeMachine();
  machine.go();
  const file = join(machine.root, "file");
  writeFileSync(file, "");
  await expect(findEngine({ env: machine.env, cacheDir: join(file, "engine") })).rejects.toThrow(
    `3. built from its Go modules: ${file}/engine cannot be written (ENOTDIR`,
  );
  expect(machine.builds()).toEqual([]);
});
