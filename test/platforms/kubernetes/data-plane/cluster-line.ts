import { join } from "node:path";
import { planTraffic } from "../../../../components/lifecycle/index.ts";
import { createClient } from "../../../../components/platforms/kubernetes/cluster/index.ts";
import { type Passed, pass } from "../../../../components/platforms/kubernetes/controller/index.ts";
import { parseRelease } from "../../../../components/release/index.ts";
import type { TrafficPlan } from "../../../../components/traffic/plan.ts";
import { type CommandLine, createCommandLine, type Run } from "../../../stacks/cli/command-line.ts";
import { readYaml } from "../../../stacks/cli/read-yaml.ts";
import { type ApiStandIn, startApiStandIn } from "../api-stand-in.ts";
import { deploy, writeKubeconfig } from "../deployed.ts";

/** `mlc` as a real process in a project whose file names a cluster, and a stand-in for its API server. */
export interface ClusterLine extends AsyncDisposable {
  readonly line: CommandLine;
  readonly api: ApiStandIn;
  /** The plan that the configuration makes. */
  readonly plan: TrafficPlan;
  readonly run: (...args: readonly string[]) => Promise<Run>;
  /** One pass of the controller. */
  readonly pass: () => Promise<Passed>;
}

const MODEL = "approval";

/**
 * The stack's file names platform and namespace as an operator writes them. Its release is read as one of a machine: what
 * is asked here needs no more of it than its plan.
 */
export async function openClusterLine(rollout: readonly string[]): Promise<ClusterLine> {
  const line = await createCommandLine({ rollout });
  const api = await startApiStandIn();
  const kubeconfig = join(line.root, "kubeconfig");
  writeKubeconfig(kubeconfig, api.url);
  const release = readYaml(line.read(line.configuration), ["config", "model-lifecycle:release"]);
  const plan = planTraffic(parseRelease(release));
  deploy(api, { project: MODEL, stack: "dev", model: MODEL }, plan);
  line.write(
    line.configuration,
    line.read(line.configuration).replace("{ kind: local }", "{ kind: kubernetes, namespace: ml }"),
  );
  const client = createClient({ access: { url: api.url, namespace: "ml" }, fieldManager: "test" });
  return {
    line,
    api,
    plan,
    run: (...args) => line.runWith({ KUBECONFIG: kubeconfig }, ...args),
    pass: () =>
      pass(
        {
          client,
          counts: async () => ({ intervals: [], cursor: { at: 0, targets: {} }, notes: [] }),
          now: () => Date.now(),
          wait: async () => {},
          random: () => 0.5,
          who: "controller test",
        },
        { namespace: "ml", name: MODEL },
      ),
    async [Symbol.asyncDispose]() {
      client.close();
      await api[Symbol.asyncDispose]();
      await line[Symbol.asyncDispose]();
    },
  };
}
