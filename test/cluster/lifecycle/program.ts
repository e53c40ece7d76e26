import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Release } from "../../../components/release/index.ts";
import { createProject, type Project, type Run, repository, run } from "../../support/project.ts";
import type { Cluster } from "../control-plane/index.ts";

const PROGRAM = `import { ModelEndpoint, ModelRetirement, readRelease } from "pulumi-model-lifecycle";
import { ociArchive } from "pulumi-model-lifecycle/archives/oci";
import { kubernetes } from "pulumi-model-lifecycle/platforms/kubernetes";

const release = readRelease();
const endpoint = new ModelEndpoint(release.model.name, { release, platform: kubernetes(release) });
new ModelRetirement("retirement", { release, endpoint, store: ociArchive(release.archive) });
export const url = endpoint.url;
`;

/** A user's program on a cluster: the real engine, and the library as it is built. */
export interface ClusterProgram extends AsyncDisposable {
  /** Deploys a document. @throws Error with what the engine printed */
  readonly deploy: (document: Release, ...more: readonly string[]) => Promise<Run>;
  /** Deploys the document that stands there. @throws Error with what the engine printed */
  readonly up: (...more: readonly string[]) => Promise<Run>;
  /** `mlc` in the project's folder. */
  readonly mlc: (...args: readonly string[]) => Promise<{ readonly code: number; readonly output: string }>;
  /** The document as it stands. */
  readonly document: () => Release;
}

/**
 * Opens a project whose objects go to the API server of this cluster.
 *
 * The plugin under the engine is this repository's own, in the mode in which a server answers: objects, refusals and
 * conflicts are the server's. What the provider that users install does otherwise is not shown here.
 */
export async function openProgram(cluster: Cluster): Promise<ClusterProgram> {
  const project = await createProject({ program: PROGRAM });
  Object.assign(project.env, variablesOf(cluster));
  writeSettings(project);
  const done = (ran: Run): Run => {
    if (ran.code !== 0) throw new Error(ran.output);
    return ran;
  };
  const up = async (...more: readonly string[]): Promise<Run> => done(await project.up("--skip-preview", ...more));
  return {
    up,
    deploy: async (document, ...more) => {
      project.configure(document);
      return up(...more);
    },
    mlc: (...args) =>
      run(process.execPath, [join(repository, "dist/stacks/cli/mlc.js"), ...args], project.dir, project.env),
    document: () =>
      parse(readFileSync(join(project.dir, `Pulumi.${project.stack}.yaml`), "utf8")).config["model-lifecycle:release"],
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

/** What the engine's plugin and the command line are told of a cluster. */
export const variablesOf = ({ url, token, ca, kubeconfig }: Cluster): Readonly<Record<string, string>> => ({
  KUBERNETES_SIMULATION_SERVER: url,
  KUBERNETES_SIMULATION_TOKEN: token,
  NODE_EXTRA_CA_CERTS: ca,
  KUBECONFIG: kubeconfig,
});

const BUILT = "node_modules/pulumi-model-lifecycle/dist/components";

const writeSettings = (project: Project): void =>
  project.write(
    "Pulumi.yaml",
    stringify({
      name: "a-users-project",
      runtime: { name: "nodejs", options: { typescript: false } },
      main: "index.ts",
      plugins: {
        providers: [
          { name: "kubernetes", path: `${BUILT}/simulations/kubernetes/provider` },
          { name: "model-lifecycle-oci", path: `${BUILT}/archives/oci/provider` },
        ],
      },
    }),
  );
