import { trainInto } from "../support/models.ts";
import { createProject, type Project } from "../support/project.ts";

/** A served model in a project of its own: v1 serves, v2 stands by. */
export interface Endpoint {
  readonly project: Project;
  readonly url: string;
  release(rollout: Readonly<Record<string, unknown>>): unknown;
}

/** Serves while `work` goes on, and takes everything down afterwards. */
export async function withEndpoint<T>(work: (endpoint: Endpoint) => Promise<T>): Promise<T> {
  const project = await createProject();
  try {
    return await work(await serve(project));
  } finally {
    await project[Symbol.asyncDispose]();
  }
}

async function serve(project: Project): Promise<Endpoint> {
  const pins = await trainInto(project.dir);
  const version = (name: string) => ({ source: { kind: "path", path: `models/${name}`, sha256: pins[name] } });
  const release = (rollout: Readonly<Record<string, unknown>>) => ({
    model: { name: "sentiment", owner: "bench", riskTier: "low" },
    platform: { kind: "local" },
    versions: { v1: version("v1"), v2: version("v2") },
    rollout: { stable: "v1", guards: [{ metric: "errorRate", margin: "2pp" }], ...rollout },
  });
  project.configure(release({}));
  const { code, output } = await project.up();
  if (code !== 0) throw new Error(output);
  const { url } = await project.outputs();
  return { project, url: String(url), release };
}
