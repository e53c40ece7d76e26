import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { editRelease } from "../edit-release.ts";
import { type Stage, setStage } from "../stage.ts";
import { type ClusterStage, NAMESPACE } from "./cluster-stage.ts";

/** The plugin under the engine: this library's own, on an API server that answers. */
const PROVIDER = {
  name: "kubernetes",
  path: "node_modules/pulumi-model-lifecycle/dist/components/simulations/kubernetes/provider",
};

/**
 * Copies an example's project and its stack `kubernetes` to where it can be played on a cluster. What of the stack is
 * another team's becomes this cluster's: the Gateway, the Prometheus, and digests of images, which no registry has here. Guards
 * that it cannot judge are left out.
 *
 * Objects, refusals and conflicts are the API server's. What the provider that users install does otherwise is not shown.
 */
export function setClusterStage(project: string, endpoint: string, cluster: ClusterStage): Stage {
  const stage = setStage({
    ...{ project, endpoint, stack: "kubernetes", platform: "kubernetes", settings: { namespace: NAMESPACE } },
    ...{ packages: ["@pulumi/kubernetes"], env: cluster.env },
  });
  const programFile = path.join(stage.dir, "Pulumi.yaml");
  const program = parseDocument(readFileSync(programFile, "utf8"));
  program.addIn(["plugins", "providers"], program.createNode(PROVIDER));
  writeFileSync(programFile, program.toString({ lineWidth: 0 }));
  editRelease(stage, (set, { versions, rollout }) => {
    for (const [field, value] of Object.entries(cluster.platform)) set(["platform", field], value);
    for (const name of Object.keys(versions)) set(["versions", name, "source", "sha256"], digestOf(name));
    const judged = rollout.guards.filter(({ metric }) => !cluster.unjudged.includes(metric));
    if (judged.length < rollout.guards.length) set(["rollout", "guards"], judged);
  });
  return stage;
}

/** No image is pulled here: its digest is a name. */
const digestOf = (version: string): string => Buffer.from(version).toString("hex").padEnd(64, "0");
