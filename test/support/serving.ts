import type { ProcessIdentity } from "../../components/host/process-identity.ts";
import { readRouteStatus } from "../../components/platforms/local/gateway/admin-client.ts";
import { openStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { listStatusNames } from "../../components/platforms/local/supervisor/process-names.ts";
import { readSpec, readStatus } from "../../components/platforms/local/supervisor/process-spec.ts";
import type { TrafficStatus } from "../../components/traffic/index.ts";

/** The process that answers under a name, as the supervisor knows it. */
export function pidOf(stateDir: string, process: string): number {
  const folder = openStateFolder(stateDir);
  const instance = readSpec(folder, process)?.instance;
  const found = readStatus(folder, process)?.processes.find((each) => each.instance === instance);
  if (found === undefined) throw new Error(`no process ${process}`);
  return found.identity.pid;
}

/** Every process that serves from a state folder, as its supervisor knows it. */
export function processesOf(stateDir: string): readonly ProcessIdentity[] {
  const folder = openStateFolder(stateDir);
  return listStatusNames(folder).flatMap(
    (name) => readStatus(folder, name)?.processes.map(({ identity }) => identity) ?? [],
  );
}

/** Process name of a version's server. */
export const serverOf = (endpoint: string, version: string, sha256: string): string =>
  `${endpoint}-${version}-${sha256.slice(0, 8)}`;

/** What the gateway says of an endpoint. */
export async function statusOf(stateDir: string, endpoint: string): Promise<TrafficStatus> {
  const status = await readRouteStatus(openStateFolder(stateDir), endpoint);
  if (status === undefined) throw new Error(`no route ${endpoint}`);
  return status;
}

export interface Answer {
  readonly status: number;
  readonly version: string | null;
  readonly body: unknown;
}

export async function predict(url: string, input: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(new URL("/predict", url), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(input),
  });
  return {
    status: response.status,
    version: response.headers.get("x-model-version"),
    body: await response.json(),
  };
}
