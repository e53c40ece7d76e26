import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkRelease } from "../../components/release/index.ts";
import { loadSource, type SourcePart } from "../../components/sources/load-source.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { emptyDirectory, sourceConformance } from "./conformance.ts";
import { sendFile, serve } from "./stand-ins/http.ts";
import { ownEnvironment, ownStore } from "./store-of-test.ts";

const md5Of = (content: string | Buffer): string => createHash("md5").update(content).digest("hex");

type Part = Extract<SourcePart, { readonly kind: "dvc" }>;
const place = { region: "us-east-1", endpoint: "https://s3.us-east-1.amazonaws.com" } as const;

/** A remote in a folder, as `dvc push` of DVC 3.67 lays it out. */
function openRemote() {
  const root = emptyDirectory();
  const objectAt = (md5: string) => path.join(root, "remote/files/md5", md5.slice(0, 2), md5.slice(2));
  const put = (content: string, md5 = md5Of(content)): string => {
    mkdirSync(path.dirname(objectAt(md5)), { recursive: true });
    writeFileSync(objectAt(md5), content);
    return md5;
  };
  return {
    root,
    objectAt,
    put,
    /** Spaces and escapes are those of Python's JSON. */
    putDirectory(files: Readonly<Record<string, string>>): string {
      const names = Object.keys(files).toSorted();
      const entries = names.map((name) => `{"md5": "${put(files[name] ?? "")}", "relpath": ${ascii(name)}}`);
      const text = `[${entries.join(", ")}]`;
      return put(text, `${md5Of(text)}.dir`);
    },
    sourceOf: (part: Partial<Part> & Pick<Part, "md5">) =>
      loadSource({ kind: "dvc", remote: "remote", ...place, ...part }, { root }),
  };
}

const ascii = (text: string): string =>
  JSON.stringify(text).replaceAll(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);

test("what DVC itself wrote is what these tests write", () => {
  const { putDirectory, objectAt } = openRemote();
  const md5 = putDirectory({ "model.json": "{}\n", "sub/ü x.txt": "ä\n" });
  expect(md5).toBe("1ac6013dd91455e5014dc6ac348a1c27.dir");
  expect(readFileSync(objectAt(md5), "utf8")).toBe(
    '[{"md5": "8a80554c91d9fca8acb82f023de02f11", "relpath": "model.json"}, {"md5": "914cf3b7c6c29c2825add417a605f6f7", "relpath": "sub/\\u00fc x.txt"}]',
  );
});

// An output of DVC is immutable: what is pushed next is another one, under another md5.
sourceConformance("dvc (a remote in a folder)", async () => {
  const folder = ownStore();
  ownEnvironment({});
  const remote = openRemote();
  const files: Record<string, string> = { "model.json": "{}", "data/words.txt": "good bad\n" };
  const pushed = () => remote.sourceOf({ md5: remote.putDirectory(files) });
  let now = await pushed();
  return {
    source: {
      name: now.name,
      place: now.place,
      pin: () => now.pin(),
      verify: (content, listed) => now.verify(content, listed),
      open: (content, directory) => now.open(content, directory),
      read: (file) => now.read(file),
    },
    async put(file, content) {
      if (content === undefined) delete files[file];
      else files[file] = content;
      now = await pushed();
    },
    remove() {
      rmSync(path.join(remote.root, "remote"), { recursive: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

describe("a remote of DVC", () => {
  test("gives one file under the name that it is called by, and odd names of a directory as they are", async () => {
    ownStore();
    const { put, putDirectory, sourceOf } = openRemote();
    const one = await sourceOf({ md5: put("hi\n"), file: "model.bin" });
    expect((await one.pin()).files.map((file) => [file.path, file.bytes])).toEqual([["model.bin", 3]]);
    expect(await one.read("model.bin")).toBe("hi\n");
    const odd = await sourceOf({ md5: putDirectory({ "ä b/ö+%.txt": "odd", empty: "", copy: "odd" }) });
    expect((await odd.pin()).files.map((file) => [file.path, file.bytes])).toEqual([
      ["copy", 3],
      ["empty", 0],
      ["ä b/ö+%.txt", 3],
    ]);
  });

  test("over HTTP is asked for each object once", async () => {
    ownStore();
    const { root, putDirectory, sourceOf } = openRemote();
    const server = await serve((request, response, { pathname }) =>
      sendFile(request, response, readFileSync(path.join(root, pathname))),
    );
    const md5 = putDirectory({ "a.txt": "same", "b.txt": "same", "c.txt": "other" });
    const source = await sourceOf({ md5, remote: `${server.origin}/remote` });
    const { content } = await source.pin();
    const copy = emptyDirectory();
    await source.open(content, copy);
    expect(readdirSync(copy)).toEqual(["a.txt", "b.txt", "c.txt"]);
    const gets = server.asked.filter(({ method }) => method === "GET").map(({ url }) => url.slice(-30));
    expect(new Set(gets).size).toBe(3);
  });

  test.each([
    [
      "other bytes of the same length",
      "here",
      /^dvc:\/\/\S+ of remote: model\.json is [0-9a-f]{32} there, and not [0-9a-f]{32}$/,
    ],
    ["half a file", "th", /is [0-9a-f]{32} there, and not/],
  ])("with %s in it is refused, which DVC itself would deliver", async (_what, content, seen) => {
    ownStore();
    const { put, putDirectory, sourceOf } = openRemote();
    const source = await sourceOf({ md5: putDirectory({ "model.json": "that" }) });
    put(content, md5Of("that"));
    await expect(source.pin()).rejects.toMatchObject({
      seen: expect.stringMatching(seen),
      cure: "It is damaged there, or on the way: fetch it again, and tell who keeps it when it stays so.",
    });
  });

  test("whose list of a directory was changed is refused, and so is one of names that leave it", async () => {
    ownStore();
    const { put, putDirectory, sourceOf, objectAt } = openRemote();
    const md5 = putDirectory({ "model.json": "{}" });
    const list = readFileSync(objectAt(md5), "utf8");
    put(list.replace("model.json", "evil.json"), md5);
    await expect((await sourceOf({ md5 })).pin()).rejects.toMatchObject({
      seen: expect.stringMatching(/its list of files is [0-9a-f]{32}\.dir there$/),
    });
    const outside = list.replace("model.json", "../../evil.json");
    await expect((await sourceOf({ md5: put(outside, `${md5Of(outside)}.dir`) })).pin()).rejects.toMatchObject({
      seen: expect.stringContaining('"../../evil.json" holds "." or ".."'),
    });
    for (const text of ['{"md5": 1}', "[]"]) {
      await expect((await sourceOf({ md5: put(text, `${md5Of(text)}.dir`) })).pin()).rejects.toMatchObject({
        seen: expect.stringMatching(/none that DVC wrote|the directory is empty/),
      });
    }
  });

  test("that nothing was pushed to, that wants a login, or is away, says what to do", async () => {
    ownStore();
    ownEnvironment({});
    const { sourceOf } = openRemote();
    const md5 = "1ac6013dd91455e5014dc6ac348a1c27.dir";
    await expect((await sourceOf({ md5 })).pin()).rejects.toMatchObject({
      cure: "Push it there: dvc push. Or correct remote.",
      field: "remote",
    });
    const server = await serve((_, response) => void response.writeHead(401).end());
    const there = await sourceOf({ md5, remote: server.origin });
    await expect(there.pin()).rejects.toMatchObject({
      cure: expect.stringContaining("a remote over HTTP has to be open"),
    });
    await server.stop();
    await expect(there.pin()).rejects.toMatchObject({ cure: "Ask again when the remote answers." });
  });
});

describe("a project of DVC", () => {
  const config = "[core]\n    remote = store\n['remote \"store\"']\n    url = ../../remote\n";
  const fraud =
    "outs:\n- md5: 1ac6013dd91455e5014dc6ac348a1c27.dir\n  size: 6\n  nfiles: 2\n  hash: md5\n  path: fraud\n";
  const lock =
    "schema: '2.0'\nstages:\n  train:\n    cmd: train\n    outs:\n    - path: trained\n      hash: md5\n      md5: c6f29b2252c5a6a623962c7aabb8334e.dir\n      size: 2\n";

  function project(files: Readonly<Record<string, string>>) {
    const root = emptyDirectory();
    for (const [file, content] of Object.entries({ ".dvc/config": config, ...files })) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), content);
    }
    return (reference: string) => resolveReference(reference, { env: {}, root });
  }

  test("tells what is pinned of an output, of one of a pipeline, and of a file", async () => {
    const one = "outs:\n- md5: 764efa883dda1e11db47671c4a3bbd9e\n  size: 3\n  hash: md5\n  path: one.onnx\n";
    const resolve = project({ "models/fraud.dvc": fraud, "models/one.onnx.dvc": one, "dvc.lock": lock });
    const md5 = "1ac6013dd91455e5014dc6ac348a1c27.dir";
    const found = { kind: "dvc", md5, remote: "../remote", from: "dvc://models/fraud" };
    expect(await resolve("dvc://models/fraud")).toEqual(found);
    expect(await resolve("dvc://./models/fraud.dvc")).toEqual({ ...found, from: "dvc://./models/fraud.dvc" });
    expect(await resolve("dvc://trained/")).toMatchObject({ md5: "c6f29b2252c5a6a623962c7aabb8334e.dir" });
    expect(await resolve("dvc://models/one.onnx")).toMatchObject({
      md5: "764efa883dda1e11db47671c4a3bbd9e",
      file: "one.onnx",
    });
  });

  test.each<[string, string, object]>([
    [
      "a bucket",
      "url = s3://models/dvc/\n endpointurl = 'https://minio.example.com'\n region = eu-west-1",
      { remote: "s3://models/dvc", endpoint: "https://minio.example.com", region: "eu-west-1" },
    ],
    [
      "Google's",
      "url = gs://models/dvc",
      { remote: "s3://models/dvc", endpoint: "https://storage.googleapis.com", region: "auto" },
    ],
    ["an address", "url = https://example.com/dvc", { remote: "https://example.com/dvc" }],
    ["a folder", "url = /mnt/dvc", { remote: "/mnt/dvc" }],
  ])("names its remote: %s; what this machine says goes over the project", async (_, lines, at) => {
    const local = `['remote "store"']\n${lines}\n`;
    const resolve = project({ "fraud.dvc": fraud, ".dvc/config.local": local });
    expect(await resolve("dvc://fraud")).toEqual({
      kind: "dvc",
      md5: "1ac6013dd91455e5014dc6ac348a1c27.dir",
      ...at,
      from: "dvc://fraud",
    });
  });

  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    ["nothing of that name", {}, 'no .dvc file and no dvc.lock names "fraud"', "from"],
    [
      "a pin of DVC 2",
      { "fraud.dvc": fraud.replace("  hash: md5\n", "") },
      '"fraud" is pinned by the hash of DVC 2, which is not of its bytes',
      "from",
    ],
    [
      "a pin of another algorithm",
      { "fraud.dvc": fraud.replace("hash: md5", "hash: sha512") },
      '"fraud" is pinned by sha512',
      "from",
    ],
    [
      "versions of a bucket",
      { "fraud.dvc": `${fraud}  files: []\n` },
      '"fraud" is kept by the versions of a bucket',
      "from",
    ],
    ["a file that is none", { "fraud.dvc": "outs: 3" }, "is none that DVC wrote", "from"],
    ["no remote", { "fraud.dvc": fraud, ".dvc/config": "" }, "names no default remote", "remote"],
    ["an unknown remote", { "fraud.dvc": `${fraud}  remote: other\n` }, 'has no remote "other"', "remote"],
    [
      "a remote over SSH",
      { "fraud.dvc": fraud, ".dvc/config": config.replace("../../remote", "ssh://host/dvc") },
      'the remote "store" is at ssh://',
      "remote",
    ],
  ])("with %s is refused before anything is fetched", async (_, files, seen, field) => {
    const refused = project(files)("dvc://fraud");
    await expect(refused).rejects.toMatchObject({ seen: expect.stringContaining(seen), field });
  });
});

test("a document names a file where the output is one, and none where it is a directory", () => {
  const source = "model-lifecycle:release.versions.v1.source";
  const digest = "0".repeat(64);
  const problemsOf = (part: object) =>
    checkRelease({ versions: { v1: { source: { kind: "dvc", sha256: digest, ...part } } } })
      .filter(({ path: at }) => at.startsWith(source))
      .map(({ path: at, seen }) => [at, seen]);
  const md5 = "764efa883dda1e11db47671c4a3bbd9e";
  expect(problemsOf({ md5, remote: "../remote", file: "model.onnx" })).toEqual([]);
  expect(problemsOf({ md5: `${md5}.dir`, remote: "s3://models/dvc" })).toEqual([]);
  expect(problemsOf({ md5, remote: "https://example.com" })).toEqual([[`${source}.file`, "nothing"]]);
  expect(problemsOf({ md5: `${md5}.dir`, remote: "/mnt/dvc", file: "a" })).toEqual([[`${source}.file`, '"a"']]);
  for (const remote of ["s3://models/dvc/", "ssh://host/dvc", "https://anna:secret@example.com", "a\\b"]) {
    expect(
      problemsOf({ md5: `${md5}.dir`, remote }).map(([at]) => at),
      remote,
    ).toEqual([`${source}.remote`]);
  }
});
