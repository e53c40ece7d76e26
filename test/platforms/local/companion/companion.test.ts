import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as ask } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readProcesses } from "../../../../components/host/process-tree.ts";
import { type ModelServerInputs, modelServer } from "../../../../components/platforms/local/provider/model-server.ts";
import type { StateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { artifactPath, logPath, scratchPath } from "../../../../components/platforms/local/state-folder/paths.ts";
import { servedByVariable } from "../../../../components/platforms/local/state-folder/process-environment.ts";
import { readSpec, readStatus } from "../../../../components/platforms/local/supervisor/process-spec.ts";
import { type CommandRuntimeDocument, commandRuntime } from "../../../../components/runtimes/command/document.ts";
import { hashDirectory } from "../../../../components/sources/index.ts";
import { createFolder, removeFolder, supervisorOf, until } from "../supervisor/test-folder.ts";

let folder: StateFolder;
let content: string;
beforeEach(async () => {
  folder = createFolder();
  const files = mkdtempSync(path.join(tmpdir(), "mlc-content-"));
  copyFileSync(fileURLToPath(new URL("./hostile-server.ts", import.meta.url)), path.join(files, "server.ts"));
  content = await hashDirectory(files);
  cpSync(files, folder.path(artifactPath(content)), { recursive: true });
  rmSync(files, { recursive: true });
});
afterEach(() => removeFolder(folder));

const name = "loans-v1";

function inputs(mode: string, document: Partial<CommandRuntimeDocument> = {}): ModelServerInputs {
  const serve = commandRuntime.resolve({
    kind: "command",
    command: [process.execPath, "server.ts"],
    label: "/kind",
    score: "/probability",
    labels: ["declined", "approved"],
    ready: "/health",
    ...document,
    env: { MODE: mode, PORT: "{port}", ...document.env },
  } as CommandRuntimeDocument);
  if (serve === undefined) throw new Error("no command");
  const place = { stateDir: folder.root, process: name, projectDir: folder.root };
  return { ...place, model: "loans", version: "v1", content, serve, checks: {} };
}

const create = (mode: string, document?: Partial<CommandRuntimeDocument>) =>
  modelServer.create(folder, inputs(mode, document), undefined);

/** What is said when it cannot be served. */
async function refusalOf(mode: string, document: Partial<CommandRuntimeDocument>): Promise<string> {
  const failure = await create(mode, document).then(
    () => "it serves",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  expect(membersOf()).toEqual([]);
  return failure;
}

/** Everything that bears the mark of this folder. */
const membersOf = (): readonly number[] =>
  readProcesses(servedByVariable).flatMap(({ pid, mark }) => (mark?.startsWith(`${folder.root}:`) ? [pid] : []));

interface Answer {
  readonly status: number | undefined;
  readonly label: string | string[] | undefined;
  readonly content: unknown;
}

const predict = (body: string, where = "/predict"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    ask({ socketPath: folder.path(`servers/${name}.sock`), path: where, method: "POST", agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          label: response.headers["x-prediction-label"],
          content: JSON.parse(text) as unknown,
        }),
      );
    })
      .on("error", reject)
      .end(body);
  });

const log = (): string => readFileSync(folder.path(logPath(name)), "utf8");
const pidOf = (): number | undefined =>
  readStatus(folder, name)?.state === "ready" ? readStatus(folder, name)?.processes[0]?.identity.pid : undefined;

describe("a program that behaves", () => {
  test("answers as the release calls it, and leaves nothing when it goes", async () => {
    const state = await create("");
    expect(await predict('{"features": {"age": 31}}')).toEqual({
      status: 200,
      label: "approved",
      content: { model: "loans", version: "v1", label: "approved", score: 0.75 },
    });
    expect(membersOf()).toHaveLength(1);
    await modelServer.delete(folder, state);
    expect(membersOf()).toEqual([]);
    const instance = readSpec(folder, name)?.instance;
    expect(instance).toBe(undefined);
    expect(existsSync(folder.path("scratch"))).toBe(true);
  });

  test("is started again when it ends", async () => {
    await create("");
    const before = pidOf();
    process.kill(membersOf()[0] ?? 0, "SIGKILL");
    const after = await until(() => (pidOf() === before ? undefined : pidOf()));
    expect(after).not.toBe(before);
    expect((await predict("{}")).status).toBe(200);
    expect(membersOf()).toHaveLength(1);
  });
});

describe("a program that was started", () => {
  test("ends with its companion, its workers as well, and both are started again", async () => {
    await create("deaf+workers");
    const before = membersOf();
    expect(before).toHaveLength(2);
    process.kill(pidOf() ?? 0, "SIGKILL");
    const after = await until(() => {
      const now = membersOf();
      return now.length === 2 && now.every((pid) => !before.includes(pid)) ? now : undefined;
    });
    expect(after).toHaveLength(2);
    const alive = readProcesses(servedByVariable).map(({ pid }) => pid);
    expect(before.filter((pid) => alive.includes(pid))).toEqual([]);
  });

  test("ends when it does not listen to SIGTERM, its workers as well", async () => {
    const state = await create("deaf+workers", { stop: { within: "200 ms" } });
    const scratch = folder.path(scratchPath(readSpec(folder, name)?.instance ?? ""));
    expect(existsSync(scratch)).toBe(true);
    await modelServer.delete(folder, state);
    expect(membersOf()).toEqual([]);
    expect(existsSync(scratch)).toBe(false);
  });

  test("goes on when its supervisor is killed, and is not taken for another", async () => {
    await create("workers");
    const before = membersOf();
    process.kill(supervisorOf(folder)?.pid ?? 0, "SIGKILL");
    await modelServer.read(folder, { ...inputs("workers"), socket: "" });
    expect((await predict("{}")).status).toBe(200);
    expect(membersOf()).toEqual(before);
  });

  test("is ended and started again when it takes more memory than it may", async () => {
    await create("hungry", { memory: "300 MiB" });
    await until(() => /its 1 processes take \d+ MiB of memory, allowed are 300 MiB/.test(log()) || undefined);
    expect(log()).toMatch(/companion: its 1 processes take/);
  });

  test("has what secret variables hold kept out of its log", async () => {
    await create("secrets", { env: { API_TOKEN: "s3cr3t-value", LEVEL: "debug" } });
    expect(log()).toContain("connecting with [API_TOKEN] and debug");
    expect(log()).not.toContain("s3cr3t-value");
  });
});

describe("a program that does not serve", () => {
  const brief = { startTimeout: "5 seconds" } as const;

  test("because it listens elsewhere", async () => {
    expect(await refusalOf("elsewhere", brief)).toMatch(
      /companion: not ready within 5 s: none of its processes listens on 127\.0\.0\.1:\d+; they listen on port \d+, so the command ignores its \{port\}; a start that takes longer needs a longer startTimeout/,
    );
  });

  test("because it does not listen in time", async () => {
    expect(await refusalOf("silent", brief)).toMatch(
      /not ready within 5 s: none of its processes listens on 127\.0\.0\.1:\d+;/,
    );
  });

  test("because it answers 200 with nonsense", async () => {
    expect(await refusalOf("nonsense", { ...brief, sample: "{}" })).toContain(
      "not ready within 5 s: the sample is answered with an answer that is no JSON: <html>200 OK</html>",
    );
  });

  test("because it forks and forgets", async () => {
    expect(await refusalOf("forgets", brief)).toContain(
      "companion: its first process ended (exit code 0) before it was ready",
    );
  });

  test("because there is no such command", async () => {
    expect(await refusalOf("", { ...brief, command: ["no-such-command", "{port}"] })).toContain(
      'companion: the command "no-such-command" cannot be started (spawn no-such-command ENOENT) before it was ready',
    );
  });

  test("until it answers a real request, though it says that it is ready", async () => {
    await create("late", { sample: "{}" });
    expect((await predict("{}")).status).toBe(200);
  });
});

describe("an answer that is none", () => {
  test("of a server that fails says nothing of what it wrote, and the log does", async () => {
    await create("fails");
    expect(await predict("{}")).toMatchObject({ status: 500, content: { error: "the model server answered 500" } });
    expect(log()).toContain("the model server answered 500: Traceback: /home/somebody/secret.py");
  });

  test("of a server that refuses is told to the client", async () => {
    await create("refuses");
    expect(await predict("{}")).toMatchObject({ status: 422, content: { error: "age is missing" } });
  });

  test("of nonsense is a failure", async () => {
    await create("nonsense");
    expect(await predict("{}")).toMatchObject({
      status: 502,
      content: { error: "the model server gave an answer that is no JSON: <html>200 OK</html>" },
    });
  });
});
