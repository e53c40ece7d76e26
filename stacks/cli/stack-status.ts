import { isDeepStrictEqual } from "node:util";
import { planTraffic } from "../../components/lifecycle/index.ts";
import type { Look } from "../../components/platforms/data-plane.ts";
import { type ResolvedRelease, renderPercent } from "../../components/release/index.ts";
import { examineRelease } from "../../components/release/release.ts";
import type { TrafficStatus } from "../../components/traffic/index.ts";
import { type ExitCode, exitCodes } from "./failure.ts";
import type { StackOptions } from "./options.ts";
import { findProject, type Project } from "./project.ts";
import { renderTraffic } from "./render-status.ts";
import { renderSeconds } from "./render-time.ts";
import { modelOf, readStackFile } from "./stack-file.ts";
import type { Paint } from "./terminal.ts";

/** All that this machine knows of a stack. */
export interface StackStatus extends Look {
  readonly project: Project;
  /** Absent when the configuration has problems. */
  readonly release?: ResolvedRelease;
  readonly problems: number;
}

/** @throws HostError when what serves is another user's, a newer version's or another machine's. */
export async function readStackStatus(options: StackOptions): Promise<StackStatus> {
  const project = await findProject(options);
  await project.dataPlane.exists();
  const { release } = readStackFile(project);
  const examined = examineRelease(release);
  return {
    project,
    problems: examined.problems?.length ?? 0,
    ...(examined.release && { release: examined.release }),
    ...(await project.dataPlane.look({ model: modelOf(release) })),
  };
}

/** What `--json` prints of it; without the page's address, which holds the token. */
export const factsOf = ({
  project,
  release,
  problems,
  endpoints,
  findings,
}: StackStatus): Readonly<Record<string, unknown>> => ({
  stack: project.stack,
  model: release?.model.name ?? null,
  problems,
  release: release ?? null,
  findings,
  endpoints: endpoints.map(({ page: _page, ...endpoint }) => endpoint),
});

/** 1 when an endpoint does not serve, or none is there. */
export const servingCodeOf = ({ endpoints }: StackStatus): ExitCode =>
  endpoints.length > 0 && endpoints.every(({ serves }) => serves) ? exitCodes.done : exitCodes.error;

/** 3 when a rollout was ended, 4 while one runs, 1 when an endpoint does not serve. */
export function exitCodeOf(seen: StackStatus): ExitCode {
  const phases = seen.endpoints.map(({ status }) => status?.rollout.phase);
  // That nothing serves is the worse news: it is told even after an abort.
  if (servingCodeOf(seen) !== exitCodes.done) return exitCodes.error;
  if (phases.some((phase) => phase === "aborted" || phase === "rolledBack")) return exitCodes.aborted;
  return phases.some((phase) => phase === "progressing" || phase === "holding") ? exitCodes.waiting : exitCodes.done;
}

/** The status for a person, the most important first. */
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
    ...renderFindings(status, paint),
  ].join("\n");
}

function renderFindings({ findings }: StackStatus, paint: Paint): readonly string[] {
  if (findings.length === 0) return [];
  const rows = findings.flatMap(({ check, ok, seen, cure }) => [
    `    ${ok ? paint("yellow", "!") : paint("red", "✗")} ${check}: ${seen}`,
    ...(cure === undefined ? [] : [`      do: ${cure}`]),
  ]);
  return ["", "  to be looked at (mlc doctor)", ...rows];
}

/** The gateway was given another plan than the configuration makes. */
const differs = (release: ResolvedRelease, { plan }: TrafficStatus): boolean =>
  !isDeepStrictEqual(JSON.parse(JSON.stringify(planTraffic(release))), plan);

function renderEndpoint(endpoint: StackStatus["endpoints"][number], now: Date, paint: Paint): string {
  if (endpoint.status)
    return [
      `  ${endpoint.url}`,
      ...(endpoint.serves
        ? []
        : [paint("red", `  stable (${endpoint.status.plan.stable}) does not answer: nothing serves`)]),
      renderTraffic(endpoint.status, now, paint),
    ].join("\n");
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
