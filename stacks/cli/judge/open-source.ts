import { readFileSync } from "node:fs";
import { file } from "../../../components/metric-sources/file/index.ts";
import { type MetricSource, MetricSourceError } from "../../../components/metric-sources/index.ts";
import {
  type Credentials,
  prometheus,
  type SeriesNames,
  seriesNames,
} from "../../../components/metric-sources/prometheus/index.ts";
import { usageFailure } from "../failure.ts";
import { readTable } from "../tables/read-table.ts";
import type { JudgeOptions } from "./options.ts";

/** What people may call the series. */
export const seriesSets: readonly string[] = Object.keys(seriesNames);

/** The source that the command line names. @throws Failure (2) when it names none, two, or one that cannot be */
export async function openSource(
  options: JudgeOptions,
  model: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<MetricSource> {
  const { file: path, prometheus: url } = options;
  if ((path === undefined) === (url === undefined)) {
    throw usageFailure("Where do the counts come from? Name one: --file counts.csv, or --prometheus URL.");
  }
  return path === undefined ? openServer(url ?? "", options, model, env) : openFile(path, options);
}

async function openFile(path: string, options: JudgeOptions): Promise<MetricSource> {
  const stray = (["series", "versionLabel", "interval"] as const).find((name) => options[name] !== undefined);
  if (stray !== undefined || (options.select ?? []).length > 0) {
    throw usageFailure(`A file says itself what is in it: --${stray ?? "select"} is for --prometheus.`);
  }
  const load = async () => {
    const read = await readTable(path);
    if ("table" in read) return read.table;
    throw new MetricSourceError("unfit", read.problems);
  };
  return file({ path, load, tellsSteps: (await load()).columns.has("step") });
}

function openServer(
  url: string,
  options: JudgeOptions,
  model: string | undefined,
  env: NodeJS.ProcessEnv,
): MetricSource {
  const known = new Map<string, SeriesNames>(Object.entries(seriesNames));
  const set = options.series ?? "gateway";
  const found = known.get(set);
  if (found === undefined) throw usageFailure(`--series: seen "${set}", allowed are ${seriesSets.join(", ")}.`);
  const names = { ...found, ...(options.versionLabel !== undefined && { version: options.versionLabel }) };
  const ofModel = names.model !== undefined && model !== undefined ? { [names.model]: model } : {};
  const credentials = credentialsIn(env);
  return prometheus({
    url: checkUrl(url),
    names,
    select: { ...ofModel, ...Object.fromEntries((options.select ?? []).map(readLabel)) },
    ...(credentials !== undefined && { credentials }),
  });
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usageFailure(
      `--prometheus: seen "${text}", allowed is an address such as http://prometheus.example.com:9090.`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw usageFailure(
      "--prometheus: seen an address with a password in it, which every process of this machine can read. Set MLC_PROMETHEUS_USER and MLC_PROMETHEUS_PASSWORD instead.",
    );
  }
  return text;
}

function readLabel(text: string): readonly [string, string] {
  const [, label, value] = /^([a-zA-Z_]\w*)=(.+)$/s.exec(text) ?? [];
  if (label !== undefined && value !== undefined) return [label, value];
  throw usageFailure(`--select: seen "${text}", allowed is label=value, such as service_name=sentiment.`);
}

/** A token may stand in a file, as clusters mount them. */
function credentialsIn({
  MLC_PROMETHEUS_TOKEN: token,
  MLC_PROMETHEUS_TOKEN_FILE: tokenFile,
  MLC_PROMETHEUS_USER: user,
  MLC_PROMETHEUS_PASSWORD: password,
}: NodeJS.ProcessEnv): Credentials | undefined {
  if (token) return { token };
  if (tokenFile) return { token: readFileSync(tokenFile, "utf8").trim() };
  return user ? { user, password: password ?? "" } : undefined;
}
