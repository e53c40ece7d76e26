import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyImage, type Route } from "../../components/archives/oci/copy-image.ts";
import { lackOf } from "../../components/archives/oci/verify-image.ts";
import { openRepository } from "../../components/registry/index.ts";
import { hasRegistry, type RunningRegistry, registryNeeded, startRegistry } from "../registry/real-registry.ts";
import { sent, type WatchedRegistry, watch } from "../registry/watched-registry.ts";
import { pushSentiment, type SentimentImage } from "./sentiment-image.ts";

// Two real registries, and between us and the archive a line that is cut.

let serving: RunningRegistry;
let archive: RunningRegistry;
let line: WatchedRegistry;
let image: SentimentImage;

/** A repository of its own for each copy. */
let made = 0;
const routeTo = (host: string): Route => {
  made += 1;
  return { from: openRepository(`${serving.host}/nlp/sentiment`), to: openRepository(`${host}/archive/a${made}`) };
};

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

  test("cut after any request, the next run goes on: the end is the same, and no finished blob is sent twice", async () => {
    const whole = routeTo(line.host);
    const start = line.seen.length;
    await copyImage(whole, image.digest, "sentiment-v1");
    const requests = line.seen.length - start;
    expect(requests).toBeGreaterThan(30);
    for (let cut = 1; cut < requests; cut += 1) {
      const route = routeTo(line.host);
      const before = line.seen.length;
      line.cutAfter(cut);
      await expect(copyImage(route, image.digest, "sentiment-v1"), `cut after ${cut}`).rejects.toThrow(
        "does not answer",
      );
      line.mend();
      await copyImage(route, image.digest, "sentiment-v1");
      const blobs = sent(line.seen.slice(before));
      expect(blobs.length, `cut after ${cut}`).toBe(new Set(blobs).size);
      expect(await lackOf(route.to, "sentiment-v1", image.digest, "present"), `cut after ${cut}`).toBeUndefined();
    }
  }, 500_000);

  test("killed in the middle of a layer, the next run goes on", async () => {
    const route = routeTo(line.host);
    const module = path.resolve("components/archives/oci/copy-image.ts");
    const registry = path.resolve("components/registry/index.ts");
    const [from, to] = [route.from.name, route.to.name];
    const text = `
      const { copyImage } = await import(${JSON.stringify(module)});
      const { openRepository } = await import(${JSON.stringify(registry)});
      const [from, to] = ${JSON.stringify([from, to])}.map((name) => openRepository(name));
      await copyImage({ from, to }, ${JSON.stringify(image.digest)}, "sentiment-v1");`;
    const before = line.seen.length;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", text], { stdio: "inherit" });
    line.refuse((method, asked) => {
      if (method === "PUT" && asked.includes("uploads") && sent(line.seen.slice(before)).length === 2)
        child.kill("SIGKILL");
      return undefined;
    });
    const [, signal] = await once(child, "exit");
    line.refuse(() => undefined);
    expect(signal).toBe("SIGKILL");
    expect(await lackOf(route.to, "sentiment-v1", image.digest, "present")).toBe("no tag sentiment-v1");
    await copyImage(route, image.digest, "sentiment-v1");
    const blobs = sent(line.seen.slice(before));
    expect(blobs.length).toBe(new Set(blobs).size);
    expect(await lackOf(route.to, "sentiment-v1", image.digest, "read")).toBeUndefined();
  });
});
