import { isDeepStrictEqual } from "node:util";
import { planTraffic } from "../../components/lifecycle/index.ts";
import { findStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import {
  checkRelease,
  parseRelease,
  type ResolvedRelease,
  renderPercent,
  type TrafficStatus,
} from "../../components/spec/index.ts";
import type { Options } from "./command.ts";
import { type ExitCode, exitCodes } from "./failure.ts";
import { type Answer, findGateways, pageUrl, readStatus } from "./gateways.ts";
import { findProject, type Project } from "./project.ts";
import { renderTraffic } from "./render-status.ts";
import { renderSeconds } from "./render-time.ts";
import { modelOf, readStackFile } from "./stack-file.ts";
import type { Paint } from "./terminal.ts";

/** All that this machine knows of a stack. */
export interface StackStatus {
  readonly project: Project;
  /** Absent when the configuration has problems. */
  readonly release?: ResolvedRelease;
  readonly problems: number;
  readonly endpoints: readonly (Answer & { readonly url: string; readonly page: string })[];
}

/** @throws StateFolderError when the folder is a newer version's or another machine's. */
export async function readStackStatus(options: Options): Promise<StackStatus> {
  const project = findProject(options);
  findStateFolder(project.stateFolder);
  const { release } = readStackFile(project);
  const problems = checkRelease(release).length;
  const gateways = findGateways(project.stateFolder, { model: modelOf(release) });
  const endpoints = gateways.map(async (gateway) => ({
    ...(await readStatus(project.stateFolder, gateway)),
    url: `http://127.0.0.1:${gateway.port}`,
    page: pageUrl(gateway),
  }));
  return {
    project,
    problems,
    ...(problems === 0 && { release: parseRelease(release) }),
    endpoints: await Promise.all(endpoints),
  };
}

/** 3 when a rollout was ended, 4 while one runs, 1 when a gateway does not answer. */
export function exitCodeOf({ endpoints }: StackStatus): ExitCode {
  const phases = endpoints.map(({ status }) => status?.rollout.phase);
  if (phases.some((phase) => phase === "aborted" || phase === "rolledBack")) return exitCodes.aborted;
  // Nothing that serves is no good end, whatever the reason.
  if (phases.length === 0 || phases.includes(undefined)) return exitCodes.error;
  return phases.some((phase) => phase === "progressing" || phase === "holding") ? exitCodes.waiting : exitCodes.done;
}

export function renderStackStatus(status: StackStatus, now: Date, paint: Paint): string {
  const { project, release, problems, endpoints } = status;
  const title = `${release?.model.name ?? "a model"} on ${project.stack}`;
  const owner = release ? `  (owner ${release.model.owner}, risk ${release.model.riskTier})` : "";
  const parts = endpoints.map((endpoint) => renderEndpoint(endpoint, now, paint));
  return [
    `${paint("bold", title)}${owner}`,
    ...(problems > 0 ? [paint("red", `  the configuration has ${problems} problems: mlc validate`)] : []),
    ...(parts.length > 0
      ? parts
      : [paint("red", "  nothing serves on this machine: pulumi up; the configuration says:")]),
    ...(release && (parts.length === 0 || endpoints.some((each) => each.status === undefined))
      ? renderConfiguration(release)
      : []),
    ...(release && endpoints.some(({ status }) => status && differs(release, status))
      ? [paint("yellow", "  the configuration says something else than what runs: pulumi up")]
      : []),
    ...(release ? renderNotices(release, now, paint) : []),
  ].join("\n");
}

/** The gateway was given another plan than the configuration makes. */
const differs = (release: ResolvedRelease, { plan }: TrafficStatus): boolean =>
  !isDeepStrictEqual(JSON.parse(JSON.stringify(planTraffic(release))), plan);

function renderEndpoint(endpoint: StackStatus["endpoints"][number], now: Date, paint: Paint): string {
  if (endpoint.status) return [`  ${endpoint.url}`, renderTraffic(endpoint.status, now, paint)].join("\n");
  return paint(
    "red",
    `  gateway ${endpoint.endpoint} does not answer: ${endpoint.error}. While its supervisor lives it is started again within 2 s; after a reboot nothing is (mlc unit): mlc doctor, pulumi up`,
  );
}

function renderConfiguration({ rollout }: ResolvedRelease): readonly string[] {
  const { stable, previous, candidate, weight, advance } = rollout;
  const target = weight?.kind === "shadow" ? "copies only" : weight ? renderPercent(weight.weight) : "";
  return [
    `  configured: stable ${stable}${previous ? `, previous ${previous}` : ""}`,
    ...(candidate ? [`  configured: candidate ${candidate}, target ${target}, ${advance}`] : []),
  ];
}

function renderNotices({ retirement, consumers }: ResolvedRelease, now: Date, paint: Paint): readonly string[] {
  const notices = Object.entries(retirement);
  if (notices.length === 0) return [];
  const rows = notices.map(([version, { phase, sunset, successor }]) => {
    const seconds = (Date.parse(sunset) - now.getTime()) / 1000;
    const users = consumers.filter(({ versions }) => versions.includes(version)).map(({ name }) => name);
    const left = seconds > 0 ? `${renderSeconds(seconds)} left` : paint("yellow", "sunset is over");
    const when = phase === "retired" ? "answers 410" : `until ${sunset.slice(0, 10)}, ${left}`;
    return `    ${version}  ${phase}, ${when}; use ${successor}${users.length > 0 ? `; still used by ${users.join(", ")}` : ""}`;
  });
  return ["", "  on their way out", ...rows];
}
