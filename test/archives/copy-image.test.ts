import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { copyImage, type Route } from "../../components/archives/oci/copy-image.ts";
import { lackOf } from "../../components/archives/oci/verify-image.ts";
import { openRepository, readBlob, readManifest, referrersOf } from "../../components/registry/index.ts";
import { hasRegistry, type RunningRegistry, registryNeeded, startRegistry } from "../registry/real-registry.ts";
import { sent, type WatchedRegistry, watch } from "../registry/watched-registry.ts";
import { pushSentiment, type SentimentImage } from "./sentiment-image.ts";

// Two real registries. What stands between us and the archive counts what is sent.

let serving: RunningRegistry;
let archive: RunningRegistry;
let line: WatchedRegistry;
let image: SentimentImage;

/** A repository of its own for each test, of one registry. */
let made = 0;
const routeTo = (host: string, from = `${serving.host}/nlp/sentiment`): Route => {
  made += 1;
  return { from: openRepository(from), to: openRepository(`${host}/archive/a${made}`) };
};

async function bytesOf({ to }: Route, blob: string): Promise<string> {
  const response = await to.send(`blobs/${blob}`);
  return Buffer.from(await response.arrayBuffer()).toString("base64");
}

describe.skipIf(!hasRegistry)(`two real registries${registryNeeded}`, () => {
  beforeAll(async () => {
    serving = await startRegistry();
    archive = await startRegistry();
    line = await watch(archive.host);
    image = await pushSentiment(serving, "nlp/sentiment");
  });
  afterAll(async () => {
    await line[Symbol.asyncDispose]();
    await archive.stop();
    await serving.stop();
  });

  test("an image is kept byte for byte: both processors, every layer, its signature and the list of its parts", async () => {
    const route = routeTo(archive.host);
    await copyImage(route, image.digest, "sentiment-v1");
    for (const digest of image.manifests) {
      const [kept, served] = [await readManifest(route.to, digest), await readManifest(route.from, digest)];
      expect(kept.bytes.equals(served.bytes)).toBe(true);
    }
    for (const blob of image.blobs) {
      expect(await bytesOf(route, blob)).toBe(await bytesOf({ ...route, to: route.from }, blob));
    }
    expect((await readManifest(route.to, "sentiment-v1")).digest).toBe(image.digest);
    expect(await referrersOf(route.to, image.digest)).toEqual(await referrersOf(route.from, image.digest));
    expect(await lackOf(route.to, "sentiment-v1", image.digest, "read")).toBeUndefined();
  });

  test("a second run sends no blob, and changes nothing", async () => {
    const route = routeTo(line.host);
    await copyImage(route, image.digest, "sentiment-v1");
    const before = line.seen.length;
    await copyImage(route, image.digest, "sentiment-v1");
    const again = line.seen.slice(before);
    expect(sent(again)).toEqual([]);
    expect(again.reduce((sum, { path, bytes }) => sum + (path.includes("/blobs/") ? bytes : 0), 0)).toBe(0);
    expect(await lackOf(route.to, "sentiment-v1", image.digest, "read")).toBeUndefined();
  });

  test("in one registry a blob is entered and not sent; one that refuses mounts is sent the bytes", async () => {
    await using own = await watch(serving.host);
    const neighbour = routeTo(own.host, `${own.host}/nlp/sentiment`);
    await copyImage(neighbour, image.digest, "sentiment-v1");
    expect(sent(own.seen)).toEqual([]);
    expect(own.seen.filter(({ path, status }) => path.includes("mount=") && status === 201)).toHaveLength(
      image.blobs.length,
    );
    own.refuse((_method, path) => (path.includes("mount=") ? 403 : undefined));
    const refused = routeTo(own.host, `${own.host}/nlp/sentiment`);
    await copyImage(refused, image.digest, "sentiment-v1");
    expect(sent(own.seen).toSorted()).toEqual(image.blobs.toSorted());
  });

  test("a tag that names another image is refused, and goes on naming it", async () => {
    const route = routeTo(archive.host);
    const other = await pushSentiment(serving, "nlp/sentiment", "two");
    await copyImage(route, image.digest, "sentiment-v1");
    await expect(copyImage(route, other.digest, "sentiment-v1")).rejects.toThrow(
      `${route.to.name}:sentiment-v1: ${image.digest}, which is archived by this name; allowed: ${other.digest}. An archive is never overwritten: give the new content another version name, or name another repository.`,
    );
    expect((await readManifest(route.to, "sentiment-v1")).digest).toBe(image.digest);
  });

  test("a layer that was changed where it serves is not kept", async () => {
    const changed = await startRegistry();
    onTestFinished(() => changed.stop());
    const { digest, shared } = await pushSentiment(changed, "nlp/sentiment");
    const file = changed.fileOf(shared);
    writeFileSync(file, readFileSync(file).fill("x", 100_000, 100_001));
    const route = routeTo(archive.host, `${changed.host}/nlp/sentiment`);
    await expect(copyImage(route, digest, "sentiment-v1")).rejects.toThrow(
      `${route.from.name}: ${route.from.name}, blob ${shared}, has other bytes: sha256:`,
    );
    expect(await lackOf(route.to, "sentiment-v1", digest, "present")).toBe("no tag sentiment-v1");
  });

  test("a layer that was changed or lost in the archive is seen", async () => {
    const damaged = await startRegistry();
    onTestFinished(() => damaged.stop());
    const route = routeTo(damaged.host);
    await copyImage(route, image.digest, "sentiment-v1");
    const file = damaged.fileOf(image.shared);
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.from(bytes).fill("x", 100_000, 100_001));
    expect(await lackOf(route.to, "sentiment-v1", image.digest, "present")).toBeUndefined();
    await expect(lackOf(route.to, "sentiment-v1", image.digest, "read")).rejects.toThrow(
      `blob ${image.shared}, has other bytes: sha256:`,
    );
    writeFileSync(file, bytes.subarray(1));
    await expect(lackOf(route.to, "sentiment-v1", image.digest, "present")).rejects.toThrow(
      `has ${bytes.length - 1} bytes of ${image.shared}, which has ${bytes.length}`,
    );
  });

  test("what a registry will not do is said with what to do", async () => {
    const from = `${serving.host}/nlp/sentiment`;
    const readOnly = await startRegistry({ readOnly: true });
    const closed = await startRegistry({ withLogin: true });
    const gone = await startRegistry();
    await gone.stop();
    onTestFinished(async () => {
      await readOnly.stop();
      await closed.stop();
    });
    const said = async (route: Route, digest = image.digest) =>
      copyImage(route, digest, "sentiment-v1").then(
        () => "done",
        (error: unknown) => (error as Error).message,
      );
    expect(await said(routeTo(readOnly.host))).toMatch(
      /answers 405; allowed: a repository that takes images, and keeps them\. The registry is read-only: make it writable, or name another repository\.$/,
    );
    expect(await said(routeTo(closed.host))).toContain(
      `Log in: docker login ${closed.host}, or OCI_ARCHIVE_CREDENTIAL=user:password in the environment.`,
    );
    const wrong = { ...routeTo(closed.host), to: openRepository(`${closed.host}/archive/x`, "anna:wrong") };
    expect(await said(wrong)).toContain("answers 401 (UNAUTHORIZED)");
    const right = { ...routeTo(closed.host), to: openRepository(`${closed.host}/archive/x`, "anna:secret") };
    expect(await said(right)).toBe("done");
    expect(await said(routeTo(gone.host))).toContain(`does not answer: connect ECONNREFUSED ${gone.host}`);
    expect(await said(routeTo(archive.host), `sha256:${"f".repeat(64)}`)).toBe(
      `${from}: http://${serving.host}/v2/nlp/sentiment/manifests/sha256:${"f".repeat(64)} answers 404 (MANIFEST_UNKNOWN); allowed: a registry that gives the image as it is pinned. Push the same image again, or keep the version.`,
    );
  });

  test("bytes of a blob come in pieces, and the last when all are right", async () => {
    const pieces: number[] = [];
    const { blobs } = await readManifest(openRepository(`${serving.host}/nlp/sentiment`), image.manifests[0] ?? "");
    const layer = blobs.find(({ digest }) => digest === image.shared);
    if (layer === undefined) throw new Error("no layer");
    for await (const piece of readBlob(openRepository(`${serving.host}/nlp/sentiment`), layer))
      pieces.push(piece.length);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.reduce((sum, each) => sum + each, 0)).toBe(layer.size);
  });
});
