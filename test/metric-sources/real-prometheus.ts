import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../components/host/free-port.ts";

/** The real server, where it is installed. */
export const hasPrometheus: boolean = ["prometheus", "promtool"].every(
  (program) => spawnSync(program, ["--version"]).status === 0,
);

/** Ends the title of what needs it, so that a report shows why it did not run. */
export const prometheusNeeded: string = hasPrometheus
  ? ""
  : " (NOT RUN: no prometheus on PATH; apt-get install prometheus)";

if (!hasPrometheus) {
  console.warn(
    "prometheus is not on PATH: its metric source was NOT run against the real server. apt-get install prometheus",
  );
}

/** A real Prometheus of the test's own. */
export interface RealPrometheus extends AsyncDisposable {
  readonly url: string;
}

export interface Setup {
  /** Samples of the past, as `openMetrics` writes them. */
  readonly samples?: string;
  /** A target that is scraped twice a second. */
  readonly scrape?: { readonly port: number; readonly native?: boolean };
  /** The text of a rule file, evaluated twice a second. */
  readonly rules?: string;
}

/** Starts a server that holds these samples, or scrapes this target. */
export async function startPrometheus({ samples, scrape, rules }: Setup): Promise<RealPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), "mlc-prometheus-"));
  const data = join(folder, "data");
  if (samples !== undefined) {
    writeFileSync(join(folder, "samples.txt"), samples);
    execFileSync("promtool", ["tsdb", "create-blocks-from", "openmetrics", join(folder, "samples.txt"), data]);
  }
  if (rules !== undefined) writeFileSync(join(folder, "model.rules.yml"), rules);
  const parts = [
    ...(scrape === undefined ? [] : [renderScrape(scrape.port)]),
    ...(rules === undefined ? [] : ["global: { evaluation_interval: 500ms }\nrule_files: [model.rules.yml]\n"]),
  ];
  writeFileSync(join(folder, "prometheus.yml"), parts.length === 0 ? "{}\n" : parts.join(""));
  const port = await freePort();
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--storage.tsdb.retention.time=100y",
      ...(scrape?.native ? ["--enable-feature=native-histograms"] : []),
    ],
    { stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: stop };
}

const renderScrape = (port: number): string => `scrape_configs:
  - job_name: models
    scrape_interval: 500ms
    scrape_timeout: 500ms
    static_configs: [{ targets: ["127.0.0.1:${port}"] }]
`;

async function ready(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(50);
  }
  throw new Error(`prometheus ended with ${child.exitCode}`);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once("exit", () => done());
    child.kill("SIGKILL");
  });
}
