import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkRelease } from "../../components/release/index.ts";
import { loadSource, type SourcePart } from "../../components/sources/load-source.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { emptyDirectory, sourceConformance } from "./conformance.ts";
import { ownEnvironment, ownStore } from "./store-of-test.ts";

type Part = Extract<SourcePart, { readonly kind: "bento" }>;
type Files = Readonly<Record<string, string>>;

const bentoYaml = (models: string): string =>
  `service: service:Iris\nname: iris\nversion: b2\nmodels: []\nservices:\n- name: Iris\n  models:\n${models}`;
const entry = (tag: string, more = ""): string =>
  `  - tag: ${tag}\n    module: ''\n    creation_time: '2026-11-27T21:00:40.622788+00:00'\n${more}`;

/** A store as BentoML 1.4 lays it out: a Bento with two models. */
const store: Files = {
  "bentos/iris/latest": "b2",
  "bentos/iris/b2/bento.yaml": bentoYaml(entry("iris:m1") + entry("words:w1")),
  "bentos/iris/b2/src/service.py": "import bentoml\n",
  "models/iris/latest": "m2",
  "models/iris/m1/model.yaml": "name: iris\nversion: m1\n",
  "models/iris/m1/sub/weights.json": '{"w": 2}',
  "models/iris/m2/model.yaml": "name: iris\nversion: m2\n",
  "models/words/w1/model.yaml": "name: words\nversion: w1\n",
};

function write(folder: string, files: Files): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
}

function openStore(files: Files = store) {
  const root = emptyDirectory();
  const cache = ownStore();
  const home = path.join(root, "bentoml");
  write(home, files);
  ownEnvironment({ BENTOML_HOME: home });
  const sourceOf = (part: Omit<Part, "kind">) => loadSource({ kind: "bento", ...part }, { root });
  return { root, home, cache, sourceOf };
}

sourceConformance("bento (a model in the store)", async () => {
  const { home, cache, sourceOf } = openStore({});
  const folder = path.join(home, "models/iris/m1");
  const put = (file: string, content: string | undefined) => {
    if (content === undefined) rmSync(path.join(folder, file));
    else write(folder, { [file]: content });
  };
  put("model.json", "{}");
  put("data/words.txt", "good bad\n");
  return {
    source: await sourceOf({ model: "iris:m1" }),
    put,
    remove() {
      rmSync(home, { recursive: true });
      rmSync(cache, { recursive: true, force: true });
    },
  };
});

/** What `bentoml export` packs of the store above. */
const packed: Files = {
  "bento.yaml": store["bentos/iris/b2/bento.yaml"] ?? "",
  "models/iris/latest": "m1",
  "models/iris/m1/model.yaml": "name: iris\nversion: m1\n",
  "models/iris/m1/sub/weights.json": '{"w": 2}',
  "models/words/latest": "w1",
  "models/words/w1/model.yaml": "name: words\nversion: w1\n",
  "src/service.py": "import bentoml\n",
};

function pack(root: string, file: string, files: Files, how: string): void {
  const folder = emptyDirectory();
  write(folder, files);
  execFileSync("tar", ["-c", how, "-f", path.join(root, file), "-C", folder, "."]);
}

describe("a Bento", () => {
  test("comes with the models that it names, as it is exported, and no others", async () => {
    const { sourceOf } = openStore();
    const source = await sourceOf({ bento: "iris:b2" });
    const { content } = await source.pin();
    const copy = emptyDirectory();
    await source.open(content, copy);
    const found = Object.keys(packed).map((file) => [file, readFileSync(path.join(copy, file), "utf8")]);
    expect(Object.fromEntries(found)).toEqual(packed);
    expect(readdirSync(copy, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).length).toBe(
      found.length,
    );
  });

  test.each(["--xz", "--gzip", "--no-xattrs"])(
    "has one pin in the store and in what was exported (%s), whenever that was",
    async (how) => {
      const { root, sourceOf } = openStore();
      const { content } = await (await sourceOf({ bento: "iris:b2" })).pin();
      pack(root, "iris.bento", packed, how);
      const source = await sourceOf({ archive: "iris.bento" });
      expect((await source.pin()).content).toBe(content);
      pack(root, "iris.bento", packed, how);
      expect(await source.verify(content)).toEqual([]);
      pack(root, "iris.bento", { ...packed, "src/service.py": "import other\n" }, how);
      expect(await source.verify(content, (await (await sourceOf({ bento: "iris:b2" })).pin()).files)).toEqual([
        "src/service.py was changed",
      ]);
    },
  );

  test("whose store or file is gone is served from what was fetched", async () => {
    const { root, home, sourceOf } = openStore();
    pack(root, "iris.bento", packed, "--xz");
    const { content } = await (await sourceOf({ archive: "iris.bento" })).pin();
    rmSync(path.join(root, "iris.bento"));
    rmSync(home, { recursive: true });
    for (const part of [{ archive: "iris.bento" }, { bento: "iris:b2" }]) {
      const copy = emptyDirectory();
      await (await sourceOf(part)).open(content, copy);
      expect(readFileSync(path.join(copy, "models/iris/latest"), "utf8")).toBe("m1");
    }
  });

  test("leaves nothing of an archive behind but its files", async () => {
    const { root, cache, sourceOf } = openStore();
    pack(root, "iris.bento", packed, "--xz");
    await (await sourceOf({ archive: "iris.bento" })).pin();
    expect(readdirSync(path.join(cache, "model-lifecycle/contents/parts"))).toEqual([]);
  });

  test("takes the newest of two versions of one model for its latest", async () => {
    const later = entry("iris:m1").replace("27T21", "28T21");
    const { sourceOf } = openStore({ ...store, "bentos/iris/b2/bento.yaml": bentoYaml(later + entry("iris:m2")) });
    expect(await (await sourceOf({ bento: "iris:b2" })).read("models/iris/latest")).toBe("m1");
  });
});

describe("what cannot be pinned of BentoML", () => {
  test.each<[string, Files, Omit<Part, "kind">, string, string]>([
    ["a Bento that is not in the store", {}, { bento: "iris:b1" }, "bentos/iris/b1 does not exist", "bento"],
    ["a model that is not in the store", {}, { model: "iris:m9" }, "models/iris/m9 does not exist", "model"],
    [
      "a Bento whose model is gone",
      { "bentos/iris/b2/bento.yaml": bentoYaml(entry("iris:m7")) },
      { bento: "iris:b2" },
      "models/iris/m7 does not exist",
      "bento",
    ],
    [
      "one that fetches a model when it starts",
      { "bentos/iris/b2/bento.yaml": bentoYaml(entry("acme/fraud:1a2b", "    registry: huggingface\n")) },
      { bento: "iris:b2" },
      "it fetches acme/fraud:1a2b of huggingface when it starts",
      "bento",
    ],
    [
      "one that names a model outside of the store",
      { "bentos/iris/b2/bento.yaml": bentoYaml(entry("../..:iris")) },
      { bento: "iris:b2" },
      'its model "../..:iris" is no tag',
      "bento",
    ],
    [
      "a file of something else",
      { "bentos/iris/b2/bento.yaml": "a: [" },
      { bento: "iris:b2" },
      "bento.yaml of iris:b2 is none that BentoML wrote",
      "bento",
    ],
  ])("%s", async (_, files, part, seen, field) => {
    const { sourceOf } = openStore({ ...store, ...files });
    await expect((await sourceOf(part)).pin()).rejects.toMatchObject({ seen: expect.stringContaining(seen), field });
  });

  test("a symbolic link, and a pickle without a reason", async () => {
    const { home, sourceOf } = openStore({ ...store, "models/iris/m1/saved_model.pkl": "x" });
    await expect((await sourceOf({ bento: "iris:b2" })).pin()).rejects.toMatchObject({
      seen: "bento://iris:b2: models/iris/m1/saved_model.pkl, which is a pickle: loading one runs code that stands in it",
      field: "allowPickle",
    });
    expect((await (await sourceOf({ bento: "iris:b2", allowPickle: "ours" })).pin()).files.length).toBe(8);
    symlinkSync("/etc/passwd", path.join(home, "bentos/iris/b2/passwd"));
    await expect((await sourceOf({ bento: "iris:b2" })).pin()).rejects.toMatchObject({
      seen: expect.stringMatching(/passwd is a symbolic link$/),
      cure: "Remove what cannot be pinned, and build it again.",
    });
  });

  test("an archive that is not there, is broken, or holds a link or something else", async () => {
    const { root, sourceOf } = openStore();
    const source = await sourceOf({ archive: "iris.bento" });
    const refused = (seen: RegExp) =>
      expect(source.pin()).rejects.toMatchObject({ seen: expect.stringMatching(seen), field: "archive" });
    await refused(/^iris\.bento: tar does not unpack it: .*No such file/);
    pack(root, "iris.bento", packed, "--xz");
    const whole = readFileSync(path.join(root, "iris.bento"));
    writeFileSync(path.join(root, "iris.bento"), whole.subarray(0, whole.length / 2));
    await refused(/^iris\.bento: tar does not unpack it: /);
    pack(root, "iris.bento", { "notes.txt": "x" }, "--xz");
    await refused(/neither bento\.yaml nor model\.yaml/);
    const folder = emptyDirectory();
    write(folder, packed);
    symlinkSync("/etc", path.join(folder, "src/etc"));
    execFileSync("tar", ["-cf", path.join(root, "iris.bento"), "-C", folder, "."]);
    await refused(/src\/etc is a symbolic link/);
  });
});

describe("a reference to BentoML's store", () => {
  test("is looked up once: latest, a version, a model, a file", async () => {
    const { home } = openStore();
    const resolve = (reference: string) => resolveReference(reference, { env: { BENTOML_HOME: home } });
    expect(await resolve("bento://iris:latest")).toEqual({
      kind: "bento",
      bento: "iris:b2",
      from: "bento://iris:latest",
    });
    expect(await resolve("bento://iris")).toMatchObject({ bento: "iris:b2" });
    expect(await resolve("bento://iris:b1")).toMatchObject({ bento: "iris:b1" });
    expect(await resolve("bento://models/iris:latest")).toMatchObject({ model: "iris:m2" });
    expect(await resolve("bento://./out/iris.bentomodel")).toMatchObject({ archive: "out/iris.bentomodel" });
    await expect(resolve("bento://nobody:latest")).rejects.toMatchObject({
      seen: `bento://nobody:latest: ${home}/bentos/nobody/latest does not exist`,
      field: "bento",
    });
    await expect(resolve("bento://Iris:b2")).rejects.toMatchObject({ field: "from" });
  });
});

test("a document names one of a Bento, a model and an archive, and no version that moves", () => {
  const source = "model-lifecycle:release.versions.v1.source";
  const problemsOf = (part: object) =>
    checkRelease({ versions: { v1: { source: { kind: "bento", sha256: "0".repeat(64), ...part } } } })
      .filter(({ path: at }) => at.startsWith(source))
      .map(({ path: at, cure }) => [at, cure]);
  expect(problemsOf({ bento: "iris:b2" })).toEqual([]);
  expect(problemsOf({ archive: "out/iris.bento" })).toEqual([]);
  const one = "Write one of them; mlc add <version> --from bento://<name>:latest looks it up.";
  expect(problemsOf({})).toEqual([[`${source}.bento`, one]]);
  expect(problemsOf({ bento: "iris:b2", archive: "out/iris.bento" })).toEqual([[`${source}.archive`, one]]);
  expect(problemsOf({ model: "iris:latest" })).toEqual([
    [`${source}.model`, "latest moves. Look its version up: mlc add <version> --from bento://fraud:latest"],
  ]);
});
