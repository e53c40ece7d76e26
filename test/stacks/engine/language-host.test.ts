import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type * as messages from "@pulumi/pulumi/proto/language_pb.js";
import { expect, onTestFinished, test } from "vitest";
import { isAlive, until } from "./fake-machine.ts";

const repository = resolve(import.meta.dirname, "../../..");
const hostSource = join(repository, "stacks/engine/language-host.mjs");

const load = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
const language: typeof messages = load("./proto/language_pb.js");
const services = load("./proto/language_grpc_pb.js");
const grpc = load("@grpc/grpc-js");
const { Struct } = load("google-protobuf/google/protobuf/struct_pb.js");

interface Host {
  readonly process: ChildProcess;
  readonly client: LanguageRuntimeClient;
  /** Where what Node compiled is kept. */
  readonly compiled: string;
}

async function startHost(): Promise<Host> {
  const compiled = mkdtempSync(join(tmpdir(), "language-host-compiled-"));
  onTestFinished(() => rmSync(compiled, { recursive: true, force: true }));
  const child = spawn(process.execPath, [hostSource, "127.0.0.1:4711"], {
    cwd: repository,
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [port] = await once(child.stdout, "data");
  const client: LanguageRuntimeClient = new services.LanguageRuntimeClient(
    `127.0.0.1:${String(port).trim()}`,
    grpc.credentials.createInsecure(),
  );
  onTestFinished(() => client.close());
  return { process: child, client, compiled };
}

/** A program folder whose SDK runners are replaced by `script`, which sees what the host passes them. */
function programFolder(script: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "language-host-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const runner of ["run", "run-plugin", "run-policy-pack"]) {
    const directory = join(folder, "node_modules/@pulumi/pulumi/cmd", runner);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "index.js"), `const fs = require("node:fs");\n${script}`);
  }
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ dependencies: { a: "1.0.0" }, devDependencies: { b: "^2" } }),
  );
  return folder;
}

function programInfo(folder: string, options: object): messages.ProgramInfo {
  return new language.ProgramInfo()
    .setRootDirectory(folder)
    .setProgramDirectory(folder)
    .setEntryPoint(".")
    .setOptions(Struct.fromJavaScript(options));
}

function runRequest(folder: string, options: object = {}): messages.RunRequest {
  const request = new language.RunRequest()
    .setProject("shop")
    .setStack("dev")
    .setPwd(folder)
    .setMonitorAddress("127.0.0.1:4712")
    .setParallel(8)
    .setOrganization("acme")
    .setDryrun(true)
    .setConfigsecretkeysList(["shop:key"])
    .setInfo(programInfo(folder, options));
  request.getConfigMap().set("shop:size", "3");
  return request;
}

function run({ client }: Host, request: messages.RunRequest): Promise<messages.RunResponse.AsObject> {
  return new Promise((done, fail) => {
    client.run(request, (error, response) => (error ? fail(error) : done(response.toObject())));
  });
}

interface PluginOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitcode: number | undefined;
}

async function runPlugin({ client }: Host, request: messages.RunPluginRequest): Promise<PluginOutput> {
  let [stdout, stderr, exitcode]: [string, string, number | undefined] = ["", "", undefined];
  for await (const response of client.runPlugin(request)) {
    stdout += Buffer.from(response.getStdout_asU8()).toString();
    stderr += Buffer.from(response.getStderr_asU8()).toString();
    if (response.getOutputCase() === language.RunPluginResponse.OutputCase.EXITCODE) exitcode = response.getExitcode();
  }
  return { stdout, stderr, exitcode };
}

test("a program is run by its own SDK with the arguments and the configuration of the engine", async () => {
  const folder = programFolder(`
    const { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT } = process.env;
    const env = { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT };
    const seen = { args: process.argv.slice(2), node: process.execArgv, env };
    fs.writeFileSync(process.argv[process.argv.indexOf("--pwd") + 1] + "/seen.json", JSON.stringify(seen));`);
  const host = await startHost();
  const options = { typescript: false, nodeargs: `--no-warnings --title="my program"` };
  expect(await run(host, runRequest(folder, options))).toEqual({ error: "", bail: false });

  const seen = JSON.parse(readFileSync(join(folder, "seen.json"), "utf8"));
  expect(seen.args.join(" ")).toBe(
    `--monitor 127.0.0.1:4712 --engine 127.0.0.1:4711 --organization acme --project shop --root-directory ${folder} --stack dev --pwd ${folder} --dry-run --parallel 8 .`,
  );
  expect(seen.node).toEqual(["--no-warnings", "--title=my program"]);
  expect(seen.env).toEqual({ PULUMI_CONFIG: '{"shop:size":"3"}', PULUMI_CONFIG_SECRET_KEYS: '["shop:key"]' });
});

test("the SDK compiles TypeScript unless the option typescript is false", async () => {
  const folder = programFolder(`process.exit(process.env.PULUMI_NODEJS_TYPESCRIPT === "true" ? 0 : 5)`);
  const host = await startHost();
  expect(await run(host, runRequest(folder))).toEqual({ error: "", bail: false });
});

test.each([
  { end: "exit code 32", script: "process.exit(32)", answer: { bail: true, error: "" } },
  { end: "exit code 3", script: "process.exit(3)", answer: { bail: false, error: "the program exited with code 3" } },
  {
    end: "a signal",
    script: `process.kill(process.pid, "SIGKILL")`,
    answer: { bail: false, error: "the program was ended by SIGKILL" },
  },
])("a program that ends by $end is told to the engine as such", async ({ script, answer }) => {
  const host = await startHost();
  expect(await run(host, runRequest(programFolder(script)))).toEqual(answer);
});

test("a folder without the SDK is served with the one beside the host, and refused if there is none", async () => {
  const bare = realpathSync(mkdtempSync(join(tmpdir(), "language-host-copy-")));
  onTestFinished(() => rmSync(bare, { recursive: true, force: true }));
  mkdirSync(join(bare, "empty"));
  writeFileSync(join(bare, "host.mjs"), readFileSync(hostSource));
  const answer = async () => {
    const child = spawn(process.execPath, [join(bare, "host.mjs"), "127.0.0.1:4711"], { cwd: join(bare, "empty") });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        child.stdin.end();
      });
    }
    const [code] = await once(child, "close");
    return { code, said };
  };
  expect(await answer()).toEqual({
    code: 1,
    said: `pulumi-language-nodejs: no @pulumi/pulumi is installed in ${bare}/empty: run npm install there\n`,
  });
  symlinkSync(join(repository, "node_modules"), join(bare, "node_modules"));
  expect(await answer()).toEqual({ code: 0, said: expect.stringMatching(/^\d+\n$/) });
  // What Node compiled meanwhile stays beside the host.
  expect(readdirSync(join(bare, "compiled"))).toHaveLength(1);
});

test("a path plugin gets its folder before the arguments, the engine's environment, and its output is passed on", async () => {
  const folder = programFolder(`
    console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), env: process.env }));
    console.error("complaint");
    process.exit(7);`);
  const request = new language.RunPluginRequest()
    .setPwd(repository)
    .setKind("resource")
    .setArgsList(["127.0.0.1:4711"])
    .setEnvList(["A=first", "A=b=c"])
    .setInfo(programInfo(folder, {}));
  const host = await startHost();
  const { stdout, stderr, exitcode } = await runPlugin(host, request);
  const env = { A: "b=c", NODE_COMPILE_CACHE: host.compiled };
  expect(JSON.parse(stdout)).toEqual({ args: [folder, "127.0.0.1:4711"], cwd: repository, env });
  expect({ stderr, exitcode }).toEqual({ stderr: "complaint\n", exitcode: 7 });
});

test("a policy pack runs in its own folder, which follows the arguments", async () => {
  const folder = programFolder(
    `console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), runner: __dirname }))`,
  );
  const request = new language.RunPluginRequest()
    .setPwd(repository)
    .setKind("analyzer")
    .setArgsList(["127.0.0.1:4711"])
    .setInfo(programInfo(folder, {}));
  const { stdout, exitcode } = await runPlugin(await startHost(), request);
  const runner = join(folder, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
  expect(JSON.parse(stdout)).toEqual({ args: ["127.0.0.1:4711", folder], cwd: folder, runner });
  expect(exitcode).toBe(0);
});

test("a cancelled plugin is stopped, even one that ignores SIGTERM", async () => {
  const host = await startHost();
  const { call, pid } = await startStubbornPlugin(host);
  call.cancel();
  await until(() => !isAlive(pid));
});

test("when the engine is gone the host stops what it runs and ends", async () => {
  const host = await startHost();
  const { pid } = await startStubbornPlugin(host);
  host.process.stdin?.end();
  await once(host.process, "exit");
  expect(isAlive(pid)).toBe(false);
});

test("the program's dependencies are those of its package.json", async () => {
  const { client } = await startHost();
  const request = new language.GetProgramDependenciesRequest().setInfo(programInfo(programFolder(""), {}));
  const dependencies = await new Promise((done, fail) => {
    client.getProgramDependencies(request, (error, response) =>
      error ? fail(error) : done(response.toObject().dependenciesList),
    );
  });
  expect(dependencies).toEqual([
    { name: "a", version: "1.0.0" },
    { name: "b", version: "^2" },
  ]);
});

async function startStubbornPlugin({ client }: Host) {
  const folder = programFolder(`
    process.on("SIGTERM", () => {});
    setInterval(() => {}, 1000);
    fs.writeFileSync("pid-part", String(process.pid));
    fs.renameSync("pid-part", "pid");`);
  const request = new language.RunPluginRequest().setPwd(folder).setKind("resource").setInfo(programInfo(folder, {}));
  const call = client.runPlugin(request);
  call.on("data", () => {}).on("error", () => {});
  await until(() => existsSync(join(folder, "pid")));
  return { call, pid: Number(readFileSync(join(folder, "pid"), "utf8")) };
}
