import { expect, test } from "vitest";
import { checkRelease } from "../../components/release/index.ts";
import { loadSource } from "../../components/sources/load-source.ts";
import { documentOf } from "../platforms/kubernetes/release.ts";
import { emptyDirectory } from "./conformance.ts";

// Only pods of a cluster can read a claim: what is held here is that nothing outside of it pretends to.

const claimOf = (path: string) =>
  loadSource({ kind: "claim", claim: "models", path, delivers: "claim" }, { root: emptyDirectory() });

test("its name says which directory of which claim, and that only the cluster can read it", async () => {
  expect(await claimOf("sentiment/v1")).toMatchObject({
    name: "sentiment/v1 in claim models",
    place: "sentiment/v1 in claim models",
    isElsewhere: true,
  });
  expect((await claimOf("")).name).toBe("claim models");
});

test("who asks for its pin, its state or its files is told to hash them where they are written", async () => {
  const source = await claimOf("sentiment/v1");
  const content = "1".repeat(64);
  for (const ask of [() => source.pin(), () => source.verify(content), () => source.open(content, emptyDirectory())]) {
    await expect(ask()).rejects.toMatchObject({
      name: "SourceError",
      seen: "sentiment/v1 in claim models, which only pods of the cluster can read",
      allowed: "a hash from where the files were written",
      cure: "Hash the files where they are written (mlc pin does it for source: { kind: path }), and write it.",
      field: "sha256",
    });
  }
});

test.each([
  [{ claim: "Models" }, "claim"],
  [{ path: "../v1" }, "path"],
  [{ path: "/v1" }, "path"],
  [{ sha256: undefined }, "sha256"],
])("a part with %j is refused there", (part, field) => {
  const source = { kind: "claim", claim: "models", sha256: "1".repeat(64), ...part };
  const problems = checkRelease(documentOf({}, { versions: { v1: { source } } as never, rollout: { stable: "v1" } }));
  expect(problems.map(({ path }) => path)).toEqual([`model-lifecycle:release.versions.v1.source.${field}`]);
});

test("a directory is named only for an image that copies its files", () => {
  const source = { kind: "oci", image: "registry.example/nlp/sentiment:v1", sha256: "1".repeat(64), directory: "/m" };
  const problemsOf = (as: string) =>
    checkRelease(
      documentOf({}, { versions: { v1: { source: { ...source, as } } } as never, rollout: { stable: "v1" } }),
    );
  expect(problemsOf("copy")).toEqual([]);
  expect(problemsOf("volume")).toMatchObject([
    {
      path: "model-lifecycle:release.versions.v1.source.directory",
      seen: '"/m"',
      allowed: "nothing where no files are copied",
      cure: "Remove directory, or write as: copy.",
    },
  ]);
});
