import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSource } from "../../components/sources/load-source.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { emptyDirectory, sourceConformance } from "./conformance.ts";
import { safetensors, wholeSafetensors } from "./formats/files.ts";
import { type Hub, startHub } from "./stand-ins/hub.ts";
import { ownEnvironment, ownStore } from "./store-of-test.ts";

const commit = "2".repeat(40);
const weights = wholeSafetensors(300_000, "weights");

function fill(
  { repositories }: Hub,
  files: Readonly<Record<string, string | Buffer>>,
  gatedFor?: string,
): Map<string, Buffer> {
  const held = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  const commits = new Map([[commit, held]]);
  repositories.set("acme/fraud", {
    commits,
    revisions: new Map([["main", commit]]),
    ...(gatedFor !== undefined && { gatedFor }),
  });
  return held;
}

const part = (endpoint: string, more: { readonly include?: readonly string[]; readonly allowPickle?: string } = {}) =>
  ({ kind: "huggingface", repo: "acme/fraud", commit, endpoint, ...more }) as const;

const sourceOf = (hub: Hub, more: Parameters<typeof part>[1] = {}) =>
  loadSource(part(hub.hub.origin, more), { root: emptyDirectory() });

sourceConformance("huggingface (stand-in)", async () => {
  ownEnvironment({});
  const store = ownStore();
  const hub = await startHub();
  const files = fill(hub, { "model.json": "{}", "data/words.txt": "good bad\n" });
  return {
    source: await sourceOf(hub),
    put(file, content) {
      if (content === undefined) files.delete(file);
      else files.set(file, Buffer.from(content));
    },
    remove() {
      hub.repositories.clear();
      rmSync(store, { recursive: true, force: true });
    },
  };
});

describe("a hub (stand-in)", () => {
  const model = {
    ".gitattributes": "x\n",
    "config.json": '{"a":1}',
    "model.safetensors": weights,
    "tok/vocab.txt": "a\nb\n",
  };

  test("tells the hash of what is in LFS, and nothing of that is downloaded for a pin but how it begins", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    fill(hub, model);
    const found = await (await sourceOf(hub)).pin();
    expect(found.files.map(({ path, bytes }) => [path, bytes])).toEqual([
      [".gitattributes", 2],
      ["config.json", 7],
      ["model.safetensors", 300_000],
      ["tok/vocab.txt", 4],
    ]);
    expect(hub.cdn.asked.map(({ range }) => range)).toEqual(["bytes=0-255"]);
  });

  test("opens a download that was cut where it was cut, and a second time without the network", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    fill(hub, model);
    const source = await sourceOf(hub);
    const { content } = await source.pin();
    hub.manner = { cutAfter: 250_000 };
    await source.open(content, emptyDirectory());
    expect(hub.cdn.asked.slice(1).map(({ range }) => range)).toEqual([undefined, "bytes=250000-"]);
    await hub.hub.stop();
    await hub.cdn.stop();
    const copy = emptyDirectory();
    await (await sourceOf(hub)).open(content, copy);
    expect(readdirSync(copy).toSorted()).toEqual([".gitattributes", "config.json", "model.safetensors", "tok"]);
  });

  test("that has a lie in a header is refused when the file has come, and nothing is opened", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    const lying = safetensors({ w: { dtype: "U8", shape: [2], data_offsets: [0, 9] } }, 2000);
    fill(hub, { ...model, "model.safetensors": lying });
    const source = await sourceOf(hub);
    const { content } = await source.pin();
    const copy = emptyDirectory();
    await expect(source.open(content, copy)).rejects.toMatchObject({
      seen: 'hf://acme/fraud@222222222222: model.safetensors has "w" in 9 bytes, of 2 that U8 [2] needs',
      field: "kind",
    });
    expect(readdirSync(copy)).toEqual([]);
  });

  test("gives the files that are included alone, and says when none is", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    fill(hub, model);
    const { files } = await (await sourceOf(hub, { include: ["*.json", "tok/"] })).pin();
    expect(files.map(({ path }) => path)).toEqual(["config.json", "tok/vocab.txt"]);
    await expect((await sourceOf(hub, { include: ["*.gguf"] })).pin()).rejects.toMatchObject({
      seen: "hf://acme/fraud@222222222222: no file matches",
      field: "include",
    });
  });

  test("whose CDN has other bytes of the same length is refused, and nothing is opened", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    fill(hub, model);
    const source = await sourceOf(hub);
    const { content, files } = await source.pin();
    hub.tampered.set(
      files.find(({ path }) => path.endsWith("safetensors"))?.hash ?? "",
      Buffer.alloc(300_000, "other"),
    );
    const copy = emptyDirectory();
    await expect(source.open(content, copy)).rejects.toMatchObject({
      seen: "hf://acme/fraud@222222222222: the pinned content is gone there: model.safetensors was changed",
    });
    expect(readdirSync(copy)).toEqual([]);
  });

  test("that has rewritten its history says so, and what was fetched is still there", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    fill(hub, model);
    const source = await sourceOf(hub);
    const { content } = await source.pin();
    await source.open(content, emptyDirectory());
    hub.repositories.get("acme/fraud")?.commits.clear();
    await expect(source.pin()).rejects.toMatchObject({
      seen: `hf://acme/fraud@222222222222: ${hub.hub.origin}/api/models/acme/fraud/tree/${commit} answers 404 (RevisionNotFound)`,
      field: "commit",
    });
    await source.open(content, emptyDirectory());
  });

  test("refuses who has no token, a wrong one, and who has not accepted the terms, each with what to do", async () => {
    ownStore();
    const hub = await startHub();
    const { origin } = hub.hub;
    fill(hub, model, "hf_good");
    ownEnvironment({});
    const terms = `Accept its terms at ${origin}, and set HF_ENDPOINT=${origin} and HF_TOKEN.`;
    await expect((await sourceOf(hub)).pin()).rejects.toMatchObject({ cure: terms });
    ownEnvironment({ HF_TOKEN: "hf_other", HF_ENDPOINT: origin });
    await expect((await sourceOf(hub)).pin()).rejects.toMatchObject({ cure: terms });
    ownEnvironment({ HF_TOKEN: "hf_wrong", HF_ENDPOINT: origin });
    const refused = await (await sourceOf(hub)).pin().catch((error: unknown) => error);
    expect(refused).toMatchObject({ cure: `The hub refuses the login: set HF_ENDPOINT=${origin} and HF_TOKEN.` });
    expect(String(refused)).not.toContain("hf_wrong");
    ownEnvironment({ HF_TOKEN: "hf_good", HF_ENDPOINT: origin });
    expect((await (await sourceOf(hub)).pin()).files.length).toBe(4);
  });

  test("gets no token that the environment does not mean for it, and its CDN none at all", async () => {
    ownStore();
    const hub = await startHub();
    fill(hub, model);
    ownEnvironment({ HF_TOKEN: "hf_good" });
    await (await sourceOf(hub)).pin();
    expect(hub.hub.asked.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
    ownEnvironment({ HF_TOKEN: "hf_good", HF_ENDPOINT: hub.hub.origin });
    await (await sourceOf(hub)).pin();
    expect(hub.hub.asked.at(-1)?.authorization).toBe("Bearer hf_good");
    expect(hub.cdn.asked.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
  });

  test("that is away is said in one sentence", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    await hub.hub.stop();
    await expect((await sourceOf(hub)).pin()).rejects.toMatchObject({
      seen: expect.stringMatching(
        /^hf:\/\/acme\/fraud@222222222222: http:\/\/127\.0\.0\.1:\d+ does not answer: connect ECONNREFUSED/,
      ),
      cure: "Ask again when the hub answers.",
    });
  });

  test("that lists names which are no files of a directory is refused with all of them", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    fill(hub, { "../evil": "x", "/etc/x": "x", "a\\b": "x", "A.txt": "x", "a.txt": "x", d: "x", "d/e": "x" });
    await expect((await sourceOf(hub)).pin()).rejects.toMatchObject({
      seen: 'hf://acme/fraud@222222222222: "../evil" holds "." or ".."; "/etc/x" is absolute; "a.txt" and "A.txt" are one file on some disks; "a\\\\b" holds a backslash, a NUL or a newline; "d/e" lies in "d", which is a file',
    });
  });

  test("with a pickle in it is refused, by its first bytes too, unless the document says why not", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    const pickle = Buffer.concat([Buffer.from([0x80, 4, 0x95]), Buffer.alloc(500)]);
    fill(hub, { ...model, "pytorch_model.bin": pickle, "other.dat": pickle, "scaler.joblib": "x" });
    await expect((await sourceOf(hub)).pin()).rejects.toMatchObject({
      seen: "hf://acme/fraud@222222222222: other.dat, pytorch_model.bin, scaler.joblib, which are pickles: loading one runs code that stands in it",
      field: "allowPickle",
    });
    const allowed = await sourceOf(hub, { allowPickle: "our own pipeline wrote them" });
    const { content } = await allowed.pin();
    await allowed.open(content, emptyDirectory());
    const copy = emptyDirectory();
    await expect((await sourceOf(hub)).open(content, copy)).rejects.toMatchObject({ field: "allowPickle" });
    expect(readdirSync(copy)).toEqual([]);
  });

  test("is asked for a file by its name, as who looks into a lock file does", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    fill(hub, model);
    const source = await sourceOf(hub);
    expect([await source.read("tok/vocab.txt"), await source.read("none")]).toEqual(["a\nb\n", undefined]);
  });

  test("tells once what a branch is, and the branch may move then", async () => {
    ownEnvironment({});
    ownStore();
    const hub = await startHub();
    fill(hub, model);
    const context = { env: { HF_ENDPOINT: `${hub.hub.origin}/` } };
    const found = await resolveReference("hf://acme/fraud@main", context);
    const { origin } = hub.hub;
    expect(found).toEqual({
      kind: "huggingface",
      repo: "acme/fraud",
      commit,
      endpoint: origin,
      from: "hf://acme/fraud@main",
    });
    const before = await (await sourceOf(hub)).pin();
    const moved = "3".repeat(40);
    hub.repositories.get("acme/fraud")?.commits.set(moved, new Map([["config.json", Buffer.from("{}")]]));
    hub.repositories.get("acme/fraud")?.revisions.set("main", moved);
    expect(await (await sourceOf(hub)).pin()).toEqual(before);
    expect(await resolveReference("hf://acme/fraud", context)).toMatchObject({ commit: moved });
    await expect(resolveReference("hf://acme/fraud@nope", context)).rejects.toMatchObject({ field: "commit" });
    await expect(resolveReference("hf://fraud", context)).rejects.toMatchObject({ field: "from" });
    await expect(resolveReference("ftp://x/y", context)).rejects.toMatchObject({
      allowed: "a reference of a known form",
    });
  });
});

test("what a store lost is fetched again", async () => {
  ownEnvironment({});
  const folder = ownStore();
  const hub = await startHub();
  fill(hub, { "model.json": "{}" });
  const source = await sourceOf(hub);
  const { content } = await source.pin();
  rmSync(join(folder, "model-lifecycle/contents/files"), { recursive: true });
  await source.open(content, emptyDirectory());
});
