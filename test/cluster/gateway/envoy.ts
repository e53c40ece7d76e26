import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../components/host/free-port.ts";
import { findPrograms } from "../binaries/index.ts";
import { startLeashed } from "../control-plane/leash.ts";
import { waitUntilServing } from "../control-plane/serving.ts";
import type { DataPlane } from "./data-plane.ts";
import { type EnvoyFiles, renderBootstrap, renderClusters, renderEndpoints, renderRoutes } from "./envoy-resources.ts";
import type { Table } from "./table.ts";

/** A real Envoy on loopback that reads its clusters, addresses and routes from files. @param folder an existing one of its own */
export async function startEnvoy(folder: string): Promise<DataPlane> {
  const { envoy } = await findPrograms(["envoy"]);
  const [port, adminPort] = [await freePort(), await freePort()];
  mkdirSync(join(folder, "endpoints"));
  const files: EnvoyFiles = {
    clusters: join(folder, "clusters.json"),
    routes: join(folder, "routes.json"),
    endpoints: (backend) => join(folder, "endpoints", `${backend}.json`),
  };
  const empty: Table = { backends: [], rules: [] };
  write(files.clusters, renderClusters(empty, files));
  write(files.routes, renderRoutes(empty));
  write(join(folder, "bootstrap.json"), renderBootstrap(files, port, adminPort));
  const server = startLeashed({
    name: "envoy",
    path: envoy,
    args: ["-c", join(folder, "bootstrap.json"), "--disable-hot-restart", "--concurrency", "1", "-l", "warning"],
    log: join(folder, "envoy.log"),
  });
  await waitUntilServing(`http://127.0.0.1:${adminPort}/ready`, server);
  return {
    url: `http://127.0.0.1:${port}`,
    metrics: { target: `127.0.0.1:${adminPort}`, path: "/stats/prometheus" },
    apply: async (table) => {
      // Addresses before clusters, clusters before routes: nothing is named before it is there.
      for (const backend of table.backends) write(files.endpoints(backend.id), renderEndpoints(backend));
      write(files.clusters, renderClusters(table, files));
      write(files.routes, renderRoutes(table));
    },
    stop: server.stop,
  };
}

/** Envoy reads a file anew when another is renamed over it, and never half of it. */
function write(path: string, content: object): void {
  writeFileSync(`${path}.new`, JSON.stringify(content));
  renameSync(`${path}.new`, path);
}
