import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../components/host/free-port.ts";
import { startLeashed } from "../control-plane/leash.ts";
import { waitUntilServing } from "../control-plane/serving.ts";
import type { Gateway } from "../gateway/index.ts";
import type { Pods } from "./pods.ts";

/** A real Prometheus that scrapes the gateway and every pod. */
export interface ClusterPrometheus extends AsyncDisposable {
  readonly url: string;
}

/**
 * Debian's build finds no pods through the API server by itself, so it is told of them over HTTP.
 * @param intervalSeconds of each scrape, 1 or more
 */
export async function startClusterPrometheus(
  { metrics }: Pick<Gateway, "metrics">,
  pods: Pick<Pods, "targets">,
  intervalSeconds: number,
): Promise<ClusterPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), "mlc-prometheus-"));
  const port = await freePort();
  const discovery = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(pods.targets()));
  });
  await new Promise<void>((done) => discovery.listen(0, "127.0.0.1", done));
  const { port: discoveryPort } = discovery.address() as AddressInfo;
  const config = configOf(metrics, `http://127.0.0.1:${discoveryPort}`, intervalSeconds);
  writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(config));
  const server = startLeashed({
    name: "prometheus",
    path: "prometheus",
    args: [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--enable-feature=native-histograms",
    ],
    log: join(folder, "prometheus.log"),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    discovery.close();
    discovery.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilServing(`${url}/-/ready`, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: stop };
}

/** YAML reads JSON. */
const configOf = ({ target, path }: Gateway["metrics"], discovery: string, seconds: number) => ({
  global: { scrape_interval: `${seconds}s`, scrape_timeout: `${seconds}s` },
  scrape_configs: [
    {
      job_name: "gateway",
      metrics_path: path,
      static_configs: [{ targets: [target] }],
    },
    { job_name: "pods", http_sd_configs: [{ url: discovery, refresh_interval: "1s" }] },
  ],
});
