import { cpSync, existsSync, globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readProcesses } from "../../components/host/process-tree.ts";
import { abortRollout } from "../../components/platforms/local/gateway/admin-client.ts";
import { openStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { servedByVariable } from "../../components/platforms/local/state-folder/process-environment.ts";
import { hashDirectory } from "../../components/sources/index.ts";
import { createProject, type Project, repository } from "../support/project.ts";
import { predict } from "../support/serving.ts";

// Real servers, as their registry has them, in environments that `up` builds from the lock files of the examples: each is
// deployed by the real engine, tried against another version of itself, taken back and removed.

const examples = path.join(repository, "examples/bring-your-own-server");

/** Folders of a Python 3.12: the one on PATH, and those that pyenv has. */
const pythons = globSync(path.join(process.env.PYENV_ROOT ?? path.join(homedir(), ".pyenv"), "versions/3.12.*/bin"));

async function open(server: string): Promise<{ project: Project; pin: (version: string) => Promise<string> }> {
  const project = await createProject();
  project.env.PATH = [project.env.PATH, ...pythons].join(path.delimiter);
  return {
    project,
    async pin(version) {
      const directory = path.join(project.dir, "models", version);
      cpSync(path.join(examples, server), directory, { recursive: true });
      project.write(`models/${version}/notes.txt`, `this is ${version}`);
      return await hashDirectory(directory);
    },
  };
}

const serveOf = (server: string): unknown => parse(readFileSync(path.join(examples, server, "serve.yaml"), "utf8"));

const petals = { setosa: [1.4, 0.2], versicolor: [4.5, 1.4], virginica: [6.0, 2.2] } as const;

const left = (project: Project): readonly number[] =>
  readProcesses(servedByVariable).flatMap(({ pid, mark }) => (mark?.startsWith(project.stateDir) ? [pid] : []));

describe.each(["fastapi", "litserve", "bentoml", "kserve", "mlserver", "mlflow"])("%s", (server) => {
  test("is deployed, tried against another version, taken back and removed", { timeout: 900_000 }, async () => {
    const { project, pin } = await open(server);
    await using _ = project;
    const versionOf = async (version: string) => ({
      source: { kind: "path", path: `models/${version}`, sha256: await pin(version) },
      serve: serveOf(server),
      checks: { golden: "golden.jsonl" },
    });
    project.write(
      "golden.jsonl",
      Object.entries(petals)
        .map(([label, [length, width]]) =>
          JSON.stringify({ input: { features: { length, width } }, expect: { label } }),
        )
        .join("\n"),
    );
    const v1 = await versionOf("v1");
    const release = (versions: object, rollout: object = {}) => ({
      model: { name: "iris", owner: "botany", riskTier: "low" },
      platform: { kind: "local" },
      versions,
      rollout: { stable: "v1", advance: "manual", guards: [{ metric: "errorRate", margin: "2pp" }], ...rollout },
    });
    project.configure(release({ v1 }));
    const first = await project.up("--skip-preview");
    expect(first.code, first.output).toBe(0);

    project.configure(release({ v1, v2: await versionOf("v2") }, { candidate: "v2", weight: "50%" }));
    const second = await project.up("--skip-preview");
    expect(second.code, second.output).toBe(0);
    const url = String((await project.outputs()).url);
    const served = async (): Promise<ReadonlySet<string | null>> => {
      const versions = new Set<string | null>();
      for (let index = 0; index < 60; index += 1) {
        const [label, [length, width]] = Object.entries(petals)[index % 3] ?? ["", [0, 0]];
        const { status, version, body } = await predict(url, { features: { length, width } });
        expect({ status, body }).toMatchObject({ status: 200, body: { model: "iris", version, label } });
        versions.add(version);
      }
      return versions;
    };
    expect(await served()).toEqual(new Set(["v1", "v2"]));

    await abortRollout(openStateFolder(project.stateDir), "iris", "tried");
    expect(await served()).toEqual(new Set(["v1"]));

    const gone = await project.destroy();
    expect(gone.code, gone.output).toBe(0);
    expect(left(project)).toEqual([]);
    expect(existsSync(path.join(project.stateDir, "scratch"))).toBe(true);
  });
});
