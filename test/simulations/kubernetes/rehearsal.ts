import { SimulatedApi } from "../../../components/simulations/kubernetes/index.ts";
import { linesOf } from "../../support/project.ts";
import { rehearsalProject } from "../rehearsal-project.ts";

/** A program of the real SDK, on a simulated cluster, run by the real engine. */
export interface Rehearsal extends AsyncDisposable {
  /** Runs a program. @param off rules that do not hold meanwhile */
  up(
    program: string,
    off?: string,
  ): Promise<{ readonly code: number; readonly output: string; readonly lines: readonly string[] }>;
  preview(
    program: string,
  ): Promise<{ readonly code: number; readonly output: string; readonly lines: readonly string[] }>;
  /** The cluster, to look at it and to be somebody else in it. */
  cluster(): SimulatedApi;
}

const head = `import * as k8s from "@pulumi/kubernetes";
const served = (name, version, extra = {}) => new k8s.apps.v1.Deployment(name, {
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "server", image: "registry.example/" + name + ":" + version }] },
    },
    ...extra,
  },
});
const route = (name, weights, opts, annotations = {}) => new k8s.apiextensions.CustomResource(name, {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name, annotations },
  spec: {
    parentRefs: [{ name: "gateway" }],
    rules: [{ backendRefs: weights.map((weight, index) => ({ name: "v" + index, port: 80, weight })) }],
  },
}, opts);
`;

export async function rehearse(): Promise<Rehearsal> {
  const { project, folder } = await rehearsalProject("kubernetes");
  const run = async (verb: "up" | "preview", program: string, off = "") => {
    project.write("index.js", head + program);
    project.env.KUBERNETES_SIMULATION_OFF = off;
    const ran = await (verb === "up" ? project.up("--skip-preview") : project.preview());
    return {
      code: ran.code,
      output: ran.output,
      lines: linesOf(ran).filter((line) => !/ (Stack|kubernetes) /.test(line)),
    };
  };
  return {
    up: (program, off) => run("up", program, off),
    preview: (program) => run("preview", program),
    cluster: () => new SimulatedApi({ folder }),
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}
