import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { openStack } from "../../platforms/kubernetes/engine/stack.ts";
import { repository } from "../../support/project.ts";

// The example's program and its stack for a cluster as they are written, on the real engine and the real SDK. The cluster
// is a simulation: it says what may be asked, and no pod runs.

const read = (file: string): string => readFileSync(path.join(repository, "examples/sentiment-api", file), "utf8");

interface Release {
  readonly versions: Readonly<Record<string, { readonly source: object }>>;
  readonly rollout: object;
}

/** As `mlc pin` would write it, where a registry had the images. */
function pinned(): Release {
  const release: Release = parse(read("Pulumi.kubernetes.yaml")).config["model-lifecycle:release"];
  const versions = Object.entries(release.versions).map(([name, version], i) => {
    const sha256 = String(i + 1).repeat(64);
    return [name, { ...version, source: { ...version.source, sha256 } }] as const;
  });
  return { ...release, versions: Object.fromEntries(versions) };
}

test("it goes up in a cluster, a candidate is an edit that touches no pod, and what watches it are objects of the operator", async () => {
  await using stack = await openStack(
    ["models", "gateways"].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    { program: read("index.ts") },
  );
  const release = pinned();
  const first = await stack.up(release);
  expect(first.code, first.output).toBe(0);
  expect(first.lines).toEqual(
    expect.arrayContaining([
      "create HTTPRoute sentiment-route",
      "create Deployment sentiment-v1-11111111-deployment",
      expect.stringMatching(/^create PrometheusRule /),
      expect.stringMatching(/^create PodMonitor /),
    ]),
  );
  const candidate = { ...release, rollout: { ...release.rollout, candidate: "v2", weight: "100%" } };
  const tried = await stack.up(candidate);
  expect(tried.code, tried.output).toBe(0);
  expect(tried.lines).toContain("update HTTPRoute sentiment-route: metadata.annotations.model-lifecycle.dev/order");
  // Scalers hold stable and give the candidate all its pods while the rollout runs; no pod is touched.
  expect(tried.lines.filter((line) => / (Deployment|Service|PodDisruptionBudget) /.test(line))).toEqual([]);
  expect(await stack.up(candidate)).toMatchObject({ code: 0, lines: [] });
});
