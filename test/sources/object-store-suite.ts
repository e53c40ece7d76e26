import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSource } from "../../components/sources/load-source.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { emptyDirectory, sourceConformance } from "./conformance.ts";
import { bucket, type ObjectStore, startObjectStore } from "./real-object-store.ts";
import { ownEnvironment, ownStore } from "./store-of-test.ts";

const prefix = "fraud/v1";

const sourceOf = ({ endpoint }: Pick<ObjectStore, "endpoint">) =>
  loadSource({ kind: "object", bucket, prefix, region: "us-east-1", endpoint }, { root: emptyDirectory() });

/** Holds the kind `object` to a real server of the S3 protocol. */
export function objectStoreSuite(): void {
  sourceConformance("object", async () => {
    const folder = ownStore();
    const store = await startObjectStore();
    ownEnvironment(store.login);
    await store.put(`${prefix}/model.json`, "{}");
    await store.put(`${prefix}/data/words.txt`, "good bad\n", { hashed: true });
    return {
      source: await sourceOf(store),
      put: (file, content) =>
        content === undefined ? store.remove(`${prefix}/${file}`) : store.put(`${prefix}/${file}`, content),
      async remove() {
        await store.remove(`${prefix}/model.json`);
        await store.remove(`${prefix}/data/words.txt`);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  });

  describe("an object store", () => {
    test("lists one folder, whatever else begins with its name, and odd names as they are", async () => {
      ownStore();
      const store = await startObjectStore();
      ownEnvironment(store.login);
      const names = ["a.txt", "sp ace+ü%&.txt", "deep/er/x", "(1)!'*~.txt"];
      for (const name of names) await store.put(`${prefix}/${name}`, name);
      await store.put("fraud/v10/other.txt", "other");
      await store.put(`${prefix}/`, "");
      const source = await sourceOf(store);
      const { content, files } = await source.pin();
      expect(files.map(({ path }) => path).toSorted()).toEqual(names.toSorted());
      const copy = emptyDirectory();
      await source.open(content, copy);
      for (const name of names) expect(readFileSync(join(copy, name), "utf8")).toBe(name);
    });

    test("takes a hash from the store when it is of the whole object, and none of parts", async () => {
      ownStore();
      const store = await startObjectStore();
      ownEnvironment(store.login);
      const big = Buffer.alloc(5 * 2 ** 20 + 1000, "weights");
      await store.putInParts(`${prefix}/big.bin`, big);
      await store.put(`${prefix}/hashed.bin`, "whole", { hashed: true });
      const folder = process.env.XDG_CACHE_HOME ?? "";
      const { files, content } = await (await sourceOf(store)).pin();
      // What had to be downloaded for its hash is in the store of this user.
      expect(readdirSync(join(folder, "model-lifecycle/contents/files"))).toEqual([files[0]?.hash.slice(0, 2)]);
      const copy = emptyDirectory();
      await (await sourceOf(store)).open(content, copy);
      expect(readFileSync(join(copy, "big.bin")).equals(big)).toBe(true);
    });

    test("gives more than a page of objects", { timeout: 300_000 }, async () => {
      ownStore();
      const store = await startObjectStore();
      ownEnvironment(store.login);
      const names = Array.from({ length: 1003 }, (_, index) => `part-${String(index).padStart(4, "0")}`);
      for (const name of names) await store.put(`${prefix}/${name}`, "", { hashed: true });
      expect((await (await sourceOf(store)).pin()).files.map(({ path }) => path)).toEqual(names);
    });

    test("with versions still has what was overwritten and deleted since; without, it is gone", async () => {
      for (const versioned of [true, false]) {
        const folder = ownStore();
        const store = await startObjectStore({ versioned });
        ownEnvironment(store.login);
        await store.put(`${prefix}/model.json`, "pinned");
        await store.put(`${prefix}/words.txt`, "pinned too");
        const source = await sourceOf(store);
        const { content } = await source.pin();
        await store.put(`${prefix}/model.json`, "later one");
        await store.put(`${prefix}/model.json`, "latest");
        await store.remove(`${prefix}/words.txt`);
        rmSync(join(folder, "model-lifecycle/contents/files"), { recursive: true });
        const copy = emptyDirectory();
        if (versioned) {
          await source.open(content, copy);
          expect(readFileSync(join(copy, "model.json"), "utf8")).toBe("pinned");
          expect(readFileSync(join(copy, "words.txt"), "utf8")).toBe("pinned too");
        } else {
          await expect(source.open(content, copy)).rejects.toMatchObject({
            seen: `s3://models/fraud/v1/: the pinned content is gone there: model.json was changed; words.txt is missing`,
          });
          expect(readdirSync(copy)).toEqual([]);
        }
      }
    });

    test("refuses a wrong key, a wrong secret, no login, another bucket and an empty folder, each with what to do", async () => {
      ownStore();
      const store = await startObjectStore();
      const refusal = async (more: Readonly<Record<string, string>>) => {
        ownEnvironment(more);
        return (await sourceOf(store)).pin().catch((error: unknown) => error);
      };
      const login = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a login that may list and read it.";
      expect(await refusal({})).toMatchObject({ seen: expect.stringContaining("403 (AccessDenied)"), cure: login });
      expect(await refusal({ ...store.login, AWS_ACCESS_KEY_ID: "nobody" })).toMatchObject({
        cure: "Correct bucket, endpoint, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
      });
      const wrong = await refusal({ ...store.login, AWS_SECRET_ACCESS_KEY: "wrong-secret" });
      expect(wrong).toMatchObject({ cure: expect.stringMatching(/^The secret is not that of the key/) });
      expect(String(wrong)).not.toMatch(/wrong-secret|Signature=/);
      expect(await refusal(store.login)).toMatchObject({
        seen: "s3://models/fraud/v1/: there is no object below it",
        field: "prefix",
      });
      const part = { kind: "object", bucket: "other", prefix, region: "us-east-1", endpoint: store.endpoint } as const;
      await expect((await loadSource(part, { root: "/" })).pin()).rejects.toMatchObject({ field: "bucket" });
      await store.stop();
      expect(await refusal(store.login)).toMatchObject({ cure: "Ask again when the store answers." });
    });

    test("is added by its address in the environment", async () => {
      const env = { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9000/", AWS_REGION: "eu-central-1" };
      expect(await resolveReference("s3://models/fraud/v1/", { env })).toEqual({
        kind: "object",
        bucket,
        prefix,
        region: "eu-central-1",
        endpoint: "http://127.0.0.1:9000",
        from: "s3://models/fraud/v1/",
      });
      expect(await resolveReference("gs://models/fraud/v1", { env })).toEqual({
        kind: "object",
        bucket,
        prefix,
        region: "auto",
        endpoint: "https://storage.googleapis.com",
        from: "gs://models/fraud/v1",
      });
      await expect(resolveReference("s3://models", { env })).rejects.toMatchObject({ field: "from" });
    });
  });
}
