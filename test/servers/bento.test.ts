import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { hashDirectory } from "../../components/sources/index.ts";
import { loadSource } from "../../components/sources/load-source.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { emptyDirectory } from "../sources/conformance.ts";
import { ownEnvironment, ownStore } from "../sources/store-of-test.ts";
import { pythonOf } from "../support/python.ts";

const run = promisify(execFile);

const service = `import bentoml, json

@bentoml.service
class Iris:
    model = bentoml.models.BentoModel("iris:latest")

    def __init__(self):
        self.weights = json.load(open(self.model.path_of("weights.json")))

    @bentoml.api
    def classify(self, x: float) -> float:
        return x * self.weights["w"]
`;

const createModel = `import bentoml, pathlib
with bentoml.models.create("iris") as model:
    (pathlib.Path(model.path) / "weights.json").write_text('{"w": 2}')
`;

test("what BentoML's own store, export and loading make of a Bento is what is pinned of it", {
  timeout: 900_000,
}, async () => {
  ownStore();
  const [root, home] = [emptyDirectory(), emptyDirectory()];
  ownEnvironment({ BENTOML_HOME: home });
  const python = pythonOf(path.join(import.meta.dirname, "../sources/clients/bento.txt"));
  const env = { ...process.env, BENTOML_HOME: home, BENTOML_DO_NOT_TRACK: "True" };
  const bentoml = (...args: string[]) => run(python, ["-m", "bentoml", ...args], { cwd: root, env });
  await run(python, ["-c", createModel], { cwd: root, env });
  writeFileSync(path.join(root, "service.py"), service);
  writeFileSync(path.join(root, "bentofile.yaml"), 'service: "service:Iris"\n');
  await bentoml("build");

  const part = await resolveReference("bento://iris:latest", { env });
  expect(part).toMatchObject({ kind: "bento", bento: expect.stringMatching(/^iris:[a-z0-9]{16}$/) });
  const { bento } = part as unknown as { readonly bento: string };
  const source = await loadSource({ kind: "bento", bento }, { root });
  const { content, files } = await source.pin();
  const paths = files.map((file) => file.path);
  expect(paths).toEqual(expect.arrayContaining(["bento.yaml", "models/iris/latest", "src/service.py"]));
  expect(paths.filter((each) => each.endsWith("/weights.json"))).toHaveLength(1);

  for (const [tag, file, wanted] of [
    [bento, "iris.bento", content],
    [bento, "iris.tar", content],
    ["iris:latest", "iris.bentomodel", undefined],
  ] as const) {
    const of = file.endsWith("model") ? ["models"] : [];
    await bentoml(...of, "export", tag, path.join(root, file));
    const exported = await loadSource({ kind: "bento", archive: file }, { root });
    const model = await resolveReference("bento://models/iris", { env });
    const inStore = await loadSource({ kind: "bento", model: String(model.model) }, { root });
    expect((await exported.pin()).content, file).toBe(wanted ?? (await inStore.pin()).content);
  }

  // As it is served: read-only, from a folder, by a BentoML whose own store has nothing of it.
  const copy = emptyDirectory();
  await source.open(content, copy);
  const ask = `from _bentoml_impl.loader import load
print(load(${JSON.stringify(copy)})().classify(21.0))`;
  const { stdout } = await run(python, ["-c", ask], {
    cwd: copy,
    env: { ...env, BENTOML_HOME: emptyDirectory(), PYTHONDONTWRITEBYTECODE: "1" },
  });
  expect(stdout.trim()).toBe("42.0");
  expect(await hashDirectory(copy)).toBe(content);

  // BentoML serves a file that somebody changed in its store without a word.
  const changed = paths.find((each) => each.endsWith("/weights.json")) ?? "";
  writeFileSync(path.join(home, changed), '{"w": 3}');
  expect(await source.verify(content, files)).toEqual([`${changed} was changed`]);
  expect(readFileSync(path.join(copy, changed), "utf8")).toBe('{"w": 2}');
});
