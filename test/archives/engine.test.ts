import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lackOf } from "../../components/archives/oci/verify-image.ts";
import { openRepository } from "../../components/registry/index.ts";
import { type ClusterStack, openStack } from "../platforms/kubernetes/engine/stack.ts";
import { hasRegistry, type RunningRegistry, registryNeeded, startRegistry } from "../registry/real-registry.ts";
import { repository } from "../support/project.ts";
import { pushSentiment, type SentimentImage } from "./sentiment-image.ts";

// A version's last year in a cluster, by edits of its document: the real engine, two real registries, and a simulated
// cluster, in which no image is pulled.

let serving: RunningRegistry;
let keeping: RunningRegistry;
let stack: ClusterStack;
let images: readonly SentimentImage[];

const hexOf = ({ digest }: SentimentImage): string => digest.replace("sha256:", "");

const release = (retirement: object, more: object = {}) => ({
  model: { name: "sentiment", owner: "nlp", riskTier: "low" },
  platform: {
    kind: "kubernetes",
    namespace: "models",
    gateway: { kind: "envoy", name: "public", namespace: "gateways" },
    hosts: ["sentiment.example.com"],
  },
  archive: { kind: "oci", repository: `${keeping.host}/archive/sentiment` },
  versions: Object.fromEntries(
    images.map((image, index) => [
      `v${index + 1}`,
      { source: { kind: "oci", image: `${serving.host}/nlp/sentiment:v${index + 1}`, sha256: hexOf(image) } },
    ]),
  ),
  rollout: { stable: "v2", advance: "manual" },
  retirement,
  ...more,
});

const notice = (phase: string) => ({ v1: { phase, sunset: "2020-05-31T00:00:00Z", successor: "v2" } });

describe.skipIf(!hasRegistry)(`an archive in a registry under the engine${registryNeeded}`, () => {
  beforeAll(async () => {
    serving = await startRegistry();
    keeping = await startRegistry();
    images = [
      await pushSentiment(serving, "nlp/sentiment", "one"),
      await pushSentiment(serving, "nlp/sentiment", "two"),
    ];
    stack = await openStack([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } }], {
      program: `export * from ${JSON.stringify(path.join(repository, "dist/stacks/index.js"))};\n`,
      plugins: [{ name: "model-lifecycle-oci", path: path.join(repository, "dist/components/archives/oci/provider") }],
    });
  }, 180_000);
  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]();
    await keeping.stop();
    await serving.stop();
  });

  const archived = () => openRepository(`${keeping.host}/archive/sentiment`);
  const imageOf = (index: number): SentimentImage =>
    images[index] ?? { digest: "", manifests: [], blobs: [], shared: "" };

  /** What a run that ends well changes of the archive and of the first version's pods. */
  async function changes(document: object, ...args: readonly string[]): Promise<readonly string[]> {
    const { code, output, lines } = await stack.up(document, ...args);
    expect(code, output).toBe(0);
    return lines
      .filter((line) => /Archive|Deployment sentiment-v1/.test(line))
      .map((line) => line.replace(/-[0-9a-f]{8}-/, "-"));
  }

  /** What the engine says of a run that is refused, without its frame. */
  const said = (output: string): string => output.replaceAll(/\s+/g, " ");

  test("an archive of another kind is refused before anything is deployed, with all else that is wrong", async () => {
    const { code, output, lines } = await stack.up(
      release(notice("archived"), {
        archive: { kind: "local" },
        rollout: { stable: "v2", advance: "manual", sticky: { header: "x-user" } },
      }),
    );
    expect(code).not.toBe(0);
    expect(said(output)).toContain(
      'archive.kind seen: "local", which keeps files that are copied allowed: a kind that keeps images that are pulled on platform kubernetes do this: write archive: { kind: oci } with its fields, or remove archive',
    );
    expect(said(output)).toContain("rollout.sticky");
    expect(lines).toEqual([]);
  });

  test("archived, the image is copied while its pods serve; a second run changes nothing", async () => {
    expect(await changes(release(notice("deprecated")))).toEqual(["create Deployment sentiment-v1-deployment"]);
    expect(await changes(release(notice("archived")))).toEqual(["create Archive sentiment-retirement-v1-copy"]);
    expect(await lackOf(archived(), "sentiment-v1", imageOf(0).digest, "read")).toBeUndefined();
    expect((await stack.project.outputs()).archives).toEqual({
      v1: `${keeping.host}/archive/sentiment@${imageOf(0).digest}`,
    });
    const { lines } = await stack.up(release(notice("archived")), "--refresh");
    expect(lines).toEqual([]);
  });

  test("while its archive is not whole a version's pods stay, whatever the document says", async () => {
    const file = keeping.fileOf(imageOf(0).shared);
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.from(bytes).fill("x", 0, 1));
    const { code, output, lines } = await stack.up(release(notice("retired")));
    writeFileSync(file, bytes);
    expect(code).not.toBe(0);
    expect(said(output)).toContain(`blob ${imageOf(0).shared}, has other bytes`);
    expect(lines.filter((line) => line.startsWith("delete "))).toEqual([]);
  });

  test("retired, the archive is read and the pods go; a second run, and one without the version, change nothing", async () => {
    expect(await changes(release(notice("retired")))).toEqual([
      "delete Deployment sentiment-v1-deployment",
      "update Archive sentiment-retirement-v1-copy: deployed",
    ]);
    const again = await stack.up(release(notice("retired")), "--refresh");
    expect(again.lines).toEqual([]);
    const { versions, ...rest } = release(notice("retired"));
    const { v1: _, ...others } = versions;
    expect(await changes({ ...rest, versions: others })).toEqual([]);
  });

  test("a name that is taken by other content is refused before anything is copied", async () => {
    const { versions, ...rest } = release(notice("archived"));
    const source = { kind: "oci", image: `${serving.host}/nlp/sentiment:v2`, sha256: hexOf(imageOf(1)) };
    const { code, output } = await stack.preview({ ...rest, versions: { ...versions, v1: { source } } });
    expect(code).not.toBe(0);
    expect(said(output)).toContain(
      `${keeping.host}/archive/sentiment:sentiment-v1: ${imageOf(0).digest}, which is archived by this name; allowed: ${imageOf(1).digest}. An archive is never overwritten`,
    );
  });

  test("a document that names the archive serves the version again, and what is pulled is what was archived", async () => {
    const { versions } = release({});
    const image = `${keeping.host}/archive/sentiment:sentiment-v1`;
    const restored = { source: { kind: "oci", image, sha256: hexOf(imageOf(0)) } };
    const { retirement: _, ...served } = release({});
    expect(await changes({ ...served, versions: { ...versions, v1: restored } })).toEqual([
      "create Deployment sentiment-v1-deployment",
      "delete Archive sentiment-retirement-v1-copy",
    ]);
    const { body } = stack.cluster().send({ method: "GET", path: "/apis/apps/v1/namespaces/models/deployments" });
    expect(JSON.stringify(body)).toContain(`"image":"${keeping.host}/archive/sentiment@${imageOf(0).digest}"`);
    expect(await lackOf(archived(), "sentiment-v1", imageOf(0).digest, "read")).toBeUndefined();
  });
});
