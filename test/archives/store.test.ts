import type * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { ArchiveContext } from "../../components/archives/archive-store.ts";
import { ociArchive } from "../../components/archives/oci/index.ts";
import { parseRelease } from "../../components/release/index.ts";
import { releaseOf } from "../platforms/kubernetes/release.ts";
import { exampleRelease } from "../release/example-release.ts";

// Refusals come before any resource: no engine, no registry.

const store = ociArchive({ repository: "registry.example/archive/sentiment" });
const parent = undefined as unknown as pulumi.ComponentResource;
const context: ArchiveContext = { name: "retirement-v1", parent, dependsOn: [], tags: {} };
const plan = { version: "v1", retentionDays: 0, reason: "over" };

test("retentionDays is refused: the registry's own rules say how long", () => {
  expect(() => store.store(context, { ...plan, release: releaseOf(), retentionDays: 30 })).toThrow(
    "retentionDays: seen 30; allowed: 0 where archives are kept in a registry, which nothing here can lock. Take it out, and give registry.example/archive/sentiment a rule of its registry that keeps tags from being deleted.",
  );
});

test("a version that is no image is refused", () => {
  const release = parseRelease(exampleRelease());
  expect(() => store.store(context, { ...plan, release })).toThrow(
    'versions.v1.source.kind: seen "path"; allowed: "oci", which is what an archive in a registry keeps.',
  );
});
