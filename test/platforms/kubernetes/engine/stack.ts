import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { SimulatedApi } from "../../../../components/simulations/kubernetes/index.ts";
import { createProject, linesOf, type Project, repository } from "../../../support/project.ts";

/** A user's program on the platform `kubernetes`, run by the real engine and the real SDK on a simulated cluster. */
export interface ClusterStack extends AsyncDisposable {
  readonly project: Project;
  /** What a run changed of resources of the cluster: no component, no provider, no stack. */
  up(release: object, ...args: readonly string[]): Promise<Told>;
  preview(release: object): Promise<Told>;
  /** The cluster, to look at it and to be somebody else in it. */
  cluster(): SimulatedApi;
}

/** How a run of the engine ended. */
export interface Told {
  readonly code: number;
  readonly output: string;
  readonly lines: readonly string[];
}

/** Components have no place in a cluster. */
const OWN = / (Stack|kubernetes|ModelEndpoint|CanaryRollout|ModelRetirement|MonitoringStack|ModelArchive) /;

const PROGRAM = `import { ModelEndpoint, readRelease } from "pulumi-model-lifecycle";
import { kubernetes } from "pulumi-model-lifecycle/platforms/kubernetes";

const release = readRelease();
export const url = new ModelEndpoint(release.model.name, { release, platform: kubernetes(release) }).url;
`;

/** What a project has beside the usual. */
interface StackSettings {
  readonly program?: string;
  readonly plugins?: readonly { readonly name: string; readonly path: string }[];
}

/** @param objects what stands in the cluster before */
export async function openStack(
  objects: readonly object[] = [],
  { program = PROGRAM, plugins = [] }: StackSettings = {},
): Promise<ClusterStack> {
  let folder = "";
  const project = await createProject({
    prepare: async (dir, env) => {
      folder = path.join(dir, "cluster");
      env.KUBERNETES_SIMULATION_FOLDER = folder;
      writeFileSync(path.join(dir, "package.json"), JSON.stringify({ name: "serving", private: true, type: "module" }));
      writeFileSync(path.join(dir, "index.ts"), program);
      writeFileSync(path.join(dir, "Pulumi.yaml"), projectWith(plugins));
      mkdirSync(path.join(dir, "node_modules"), { recursive: true });
      symlinkSync(path.join(repository, "node_modules/@pulumi"), path.join(dir, "node_modules/@pulumi"), "dir");
      symlinkSync(repository, path.join(dir, "node_modules/pulumi-model-lifecycle"), "dir");
      const cluster = new SimulatedApi({ folder });
      for (const object of objects) create(cluster, object);
    },
  });
  const told = (run: Awaited<ReturnType<Project["up"]>>): Told => ({
    code: run.code,
    output: run.output,
    lines: linesOf(run).filter((line) => !OWN.test(line)),
  });
  return {
    project,
    async up(release, ...args) {
      project.configure(release);
      return told(await project.up("--skip-preview", ...args));
    },
    async preview(release) {
      project.configure(release);
      return told(await project.preview());
    },
    cluster: () => new SimulatedApi({ folder }),
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

const cluster = { name: "kubernetes", path: path.join(repository, "dist/components/simulations/kubernetes/provider") };

const projectWith = (plugins: readonly object[]): string =>
  stringify({
    name: "serving",
    runtime: { name: "nodejs", options: { typescript: false } },
    main: "index.ts",
    plugins: { providers: [cluster, ...plugins] },
  });

function create(cluster: SimulatedApi, object: object): void {
  const { apiVersion, kind, metadata } = object as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly namespace?: string };
  };
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  const { status, body } = cluster.send({
    method: "POST",
    path: `${root}${place}/${kind.toLowerCase()}s`,
    body: object,
  });
  if (status !== 201) throw new Error(`${kind}: ${status} ${JSON.stringify(body)}`);
}
