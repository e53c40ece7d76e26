import { readdirSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { loadSource } from "../../components/sources/load-source.ts";
import { ownEnvironment, ownStore } from "../sources/store-of-test.ts";
import { trainInto } from "../support/models.ts";
import { createProject, linesOf, type Project, repository } from "../support/project.ts";
import { releaseOf } from "../support/release.ts";

/** A tracking server whose registry is told what serves. */
export interface ToldServer {
  /** `http://127.0.0.1:<port>`. */
  readonly server: string;
  /** Logs files as a model, and registers it. */
  readonly register: (
    files: Readonly<Record<string, string>>,
  ) => Promise<{ readonly modelId: string; readonly number: string }>;
  readonly aliases: () => Promise<Readonly<Record<string, string>>>;
  /** What is noted of a registered version. */
  readonly tags: (number: string) => Promise<Readonly<Record<string, string>>>;
  readonly moveAlias: (alias: string, number: string) => Promise<void>;
}

/** The registered model of the suite. */
export const MODEL = "sentiment";

const token = "a-token-of-the-test";
const PLUGINS = {
  "model-lifecycle-local": "dist/components/platforms/local/provider",
  "model-lifecycle-mlflow": "dist/components/model-registries/mlflow/provider",
};

/** A life of two versions under the real engine, as a registry is told of it. */
export function engineSuite(start: () => Promise<ToldServer>): void {
  test("a registry is told what serves over the life of two versions, and nothing waits for it", async () => {
    // First: it looks for an engine in the same cache.
    await using project = await createProject({
      program: `export * from ${JSON.stringify(path.join(repository, "dist/stacks/index.js"))};\n`,
    });
    ownEnvironment({});
    ownStore();
    const told = await start();
    await using gate = await openGate(told.server);
    const release = await registeredVersions(project, told, gate.server);
    project.write(
      "Pulumi.yaml",
      readFileSync(path.join(project.dir, "Pulumi.yaml"), "utf8").replace(/plugins:[\s\S]*?(?=\n\S)/, pluginLines()),
    );
    project.env.MLFLOW_TRACKING_URI = gate.server;
    project.env.MLFLOW_TRACKING_TOKEN = token;
    const changes = async (rollout: object, more: object = {}) => {
      project.configure(release(rollout, more));
      const run = await project.up("--skip-preview");
      expect(run.code, run.output).toBe(0);
      return { lines: linesOf(run).filter((line) => /Lookup|Notes/.test(line)), output: run.output };
    };

    // A registry that is away stops a first deployment before anything is deployed.
    await gate.close();
    project.configure(release({ stable: "v1" }));
    const early = await project.up();
    expect(early.code).not.toBe(0);
    expect(said(early.output)).toContain(`modelRegistry: ${gate.server} does not answer:`);
    expect((await project.pulumi("stack", "export", "--stack", project.stack)).output).not.toContain("Artifact");
    await gate.open();

    const first = await project.preview();
    expect(first.code, first.output).toBe(0);
    expect(linesOf(first).filter((line) => /Lookup|Notes/.test(line))).toEqual([
      "create Lookup sentiment-registry-lookup",
      "create Notes sentiment-registry-notes",
    ]);
    expect((await changes({ stable: "v1" })).lines.length).toBe(2);
    const { url } = await project.outputs();
    expect(await told.aliases()).toEqual({ champion: "1" });
    expect(await notedOf(told, "1")).toEqual({
      version: "v1",
      role: "stable",
      endpoint: String(url),
      evidence: "https://reports.example.com/v1",
    });
    expect((await changes({ stable: "v1" })).lines).toEqual([]);

    // A rollout, its promotion.
    const onTrial = await changes({ stable: "v1", candidate: "v2", weight: "5%" });
    expect(onTrial.lines).toEqual(["update Notes sentiment-registry-notes: aliases.challenger, roles.v2"]);
    expect(await told.aliases()).toEqual({ champion: "1", challenger: "2" });
    expect(await notedOf(told, "2")).toMatchObject({ role: "candidate", rollout: "running" });

    // Somebody moves an alias: a look tells, and the next run puts it back.
    await told.moveAlias("challenger", "1");
    const look = await project.pulumi(
      "refresh",
      "--preview-only",
      "--diff",
      "--stack",
      project.stack,
      "--non-interactive",
    );
    expect(look.output).toMatch(/challenger *: "2" => "1"/);
    const back = await changes({ stable: "v1", candidate: "v2", weight: "5%" });
    expect(back.lines).toEqual(["update Notes sentiment-registry-notes"]);
    expect(await told.aliases()).toEqual({ champion: "1", challenger: "2" });

    // The rollout ends while the registry is away: nothing waits, a warning says so, and the next run makes up for it.
    await gate.close();
    const ended = await changes({ stable: "v1" });
    expect(said(ended.output)).toContain("What serves is not touched by it.");
    expect(said(ended.output)).toContain(`modelRegistry: ${gate.server} does not answer:`);
    await gate.open();
    expect((await changes({ stable: "v1" })).lines).toEqual(["update Notes sentiment-registry-notes"]);
    expect(await told.aliases()).toEqual({ champion: "1" });
    expect(await notedOf(told, "2")).toMatchObject({ role: "deployed", rollout: "ended" });
    expect((await changes({ stable: "v1" })).lines).toEqual([]);

    // No credential is kept, and out of the program the registry stays as it is.
    const { output: state } = await project.pulumi("stack", "export", "--stack", project.stack);
    expect(state).toContain("champion");
    expect(state).not.toContain(token);
    const gone = await changes({ stable: "v1" }, { modelRegistry: undefined });
    expect(gone.lines).toEqual(["delete Lookup sentiment-registry-lookup", "delete Notes sentiment-registry-notes"]);
    expect(await told.aliases()).toEqual({ champion: "1" });
    expect(await notedOf(told, "1")).toMatchObject({ role: "stable" });
  }, 800_000);
}

const said = (output: string): string => output.replaceAll(/\s+/g, " ");

const pluginLines = (): string =>
  [
    "plugins:",
    "  providers:",
    ...Object.entries(PLUGINS).flatMap(([name, folder]) => [
      `    - name: ${name}`,
      `      path: node_modules/pulumi-model-lifecycle/${folder}`,
    ]),
  ].join("\n");

/** Without what each stack's tags begin with, and without the time. */
async function notedOf({ tags }: ToldServer, number: string): Promise<Readonly<Record<string, string>>> {
  const prefix = "model-lifecycle/a-users-project/dev/";
  const all = Object.entries(await tags(number)).map(([key, value]) => [key.replace(prefix, ""), value] as const);
  const { since, ...rest } = Object.fromEntries(all);
  expect(since).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  return rest;
}

/** The example's versions, logged and registered; and the release of them. */
async function registeredVersions(project: Project, told: ToldServer, server: string) {
  await trainInto(project.dir);
  const versions: Record<string, object> = {};
  for (const version of ["v1", "v2"]) {
    const folder = path.join(project.dir, "models", version);
    const files = readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), "utf8")] as const);
    const { modelId } = await told.register(Object.fromEntries(files));
    const source = { kind: "mlflow", server, modelId } as const;
    const { content } = await (await loadSource(source, { root: project.dir })).pin();
    versions[version] = { source: { ...source, from: `models:/${MODEL}@champion`, sha256: content } };
  }
  rmSync(path.join(project.dir, "models"), { recursive: true });
  const modelRegistry = { kind: "mlflow", evidence: "https://reports.example.com/{version}" };
  return (rollout: object, more: object = {}) =>
    releaseOf({ pins: {}, rollout: { guards: [], ...rollout }, release: { versions, modelRegistry, ...more } });
}

interface Gate extends AsyncDisposable {
  readonly server: string;
  readonly close: () => Promise<void>;
  readonly open: () => Promise<void>;
}

/** An address of a server's that can be away for a while. */
async function openGate(target: string): Promise<Gate> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const listen = (at: number) =>
    new Promise<Server>((resolve) => {
      const server = createServer((client) => {
        const behind = connect(Number(port), hostname);
        for (const socket of [client, behind]) {
          open.add(socket);
          socket.on("error", () => {}).on("close", () => open.delete(socket));
        }
        client.pipe(behind).pipe(client);
      });
      server.listen(at, "127.0.0.1", () => resolve(server));
    });
  let server = await listen(0);
  const address = server.address();
  const at = typeof address === "object" ? (address?.port ?? 0) : 0;
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  };
  return {
    server: `http://127.0.0.1:${at}`,
    close,
    open: async () => {
      server = await listen(at);
    },
    [Symbol.asyncDispose]: close,
  };
}
