import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyImage } from "../../components/archives/oci/copy-image.ts";
import { openRepository } from "../../components/registry/index.ts";
import type { ResolvedArchive } from "../../components/release/index.ts";
import { requireRecord } from "../../stacks/records.ts";
import { hasRegistry, type RunningRegistry, registryNeeded, startRegistry } from "../registry/real-registry.ts";
import { pushSentiment, type SentimentImage } from "./sentiment-image.ts";

// What `mlc retire` asks of an archive in a registry: two real ones, and the archive lets only anna in.

let serving: RunningRegistry;
let keeping: RunningRegistry;
let image: SentimentImage;

describe.skipIf(!hasRegistry)(`the record of an image${registryNeeded}`, () => {
  beforeAll(async () => {
    serving = await startRegistry();
    keeping = await startRegistry({ withLogin: true });
    image = await pushSentiment(serving, "nlp/sentiment");
    const from = openRepository(`${serving.host}/nlp/sentiment`);
    await copyImage({ from, to: openRepository(part().repository, "anna:secret") }, image.digest, "sentiment-v1");
  });
  afterAll(async () => {
    await keeping.stop();
    await serving.stop();
  });

  const part = () => ({ kind: "oci", repository: `${keeping.host}/archive/sentiment` }) satisfies ResolvedArchive;
  const env = { OCI_ARCHIVE_CREDENTIAL: "anna:secret", HOME: "/nonexistent" };
  const wanted = { model: "sentiment", version: "v1" };

  test("is there for what was archived, whether or not the release says what that was", async () => {
    await requireRecord(part(), wanted, env);
    await requireRecord(part(), { ...wanted, content: image.digest.replace("sha256:", "") }, env);
  });

  test("is refused for a version that was not archived, for other content, and without a login", async () => {
    const { repository } = part();
    await expect(requireRecord(part(), { ...wanted, version: "v2" }, env)).rejects.toThrow(
      `${repository}: no tag sentiment-v2; allowed: all of v2. Run pulumi up while v2 is archived: it copies what is missing.`,
    );
    await expect(requireRecord(part(), { ...wanted, content: "f".repeat(64) }, env)).rejects.toThrow(
      `${repository}: ${image.digest} under the tag sentiment-v1, which is to name sha256:${"f".repeat(64)}`,
    );
    await expect(requireRecord(part(), wanted, { HOME: "/nonexistent" })).rejects.toThrow(
      `Log in: docker login ${keeping.host}, or OCI_ARCHIVE_CREDENTIAL=user:password in the environment.`,
    );
  });
});
