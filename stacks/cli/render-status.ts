import type { Verdict } from "../../components/analysis/index.ts";
import { renderPercent } from "../../components/release/units.ts";
import type { RolloutPhase, ShareStatus, TrafficStatus } from "../../components/traffic/index.ts";
import { renderSeconds, renderSince, renderUntil } from "./render-time.ts";
import { renderMs, renderVerdict } from "./render-verdict.ts";
import type { Paint, Style } from "./terminal.ts";

const BAR_WIDTH = 20;
const EVENTS = 6;

const phaseStyles: Readonly<Record<RolloutPhase, Style>> = {
  idle: "green",
  progressing: "cyan",
  holding: "yellow",
  complete: "green",
  aborted: "red",
  rolledBack: "red",
};

/** What one gateway says, for a person who was woken up by it. The most important stands first. */
export function renderTraffic(status: TrafficStatus, now: Date, paint: Paint): string {
  const { rollout, since, shadowing } = status;
  return [
    ...renderServing(status, paint),
    `  since ${renderSince(since, now)}${shadowing ? `; ${rollout.candidate} gets copies of all requests` : ""}`,
    ...renderConcerns(status, now, paint),
    "",
    ...renderRollout(status, now, paint),
    ...renderVerdictOf(rollout, paint),
    ...renderEvents(status, paint),
  ].join("\n");
}

function renderServing({ weights, requests, plan }: TrafficStatus, paint: Paint): readonly string[] {
  const width = Math.max(...Object.keys(weights).map((version) => version.length));
  // Where the gateway is somebody else's, it counts for itself.
  const isCounted = Object.keys(requests).length > 0;
  const rows = Object.entries(weights).toSorted(([, a], [, b]) => b - a);
  return rows.map(([version, weight]) => {
    const full = Math.round((weight / 10_000) * BAR_WIDTH);
    // A share that serves somebody shows, however small it is.
    const bars = weight > 0 ? Math.max(1, full) : 0;
    const bar = `${"█".repeat(bars)}${"░".repeat(BAR_WIDTH - bars)}`;
    const counts = requests[version];
    const seen = counts
      ? `${counts.requests} requests, ${counts.errors} errors, p50 ${renderMs(counts.p50Ms)}, p99 ${renderMs(counts.p99Ms)}`
      : isCounted
        ? "no requests"
        : "";
    const share = renderPercent(weight).padStart(6);
    const line = `  ${version.padEnd(width)} ${bar} ${share}  ${roleOf(version, plan).padEnd(10)}  ${seen}`;
    return weight > 0 ? line : paint("dim", line);
  });
}

function roleOf(version: string, { stable, candidate, previous, notices }: TrafficStatus["plan"]): string {
  if (version === stable) return "stable";
  if (version === candidate) return "candidate";
  return version === previous ? "previous" : (notices[version]?.phase ?? "deployed");
}

/** What a reader of the numbers has to know. */
function renderConcerns({ plan, losses = [] }: TrafficStatus, now: Date, paint: Paint): readonly string[] {
  return [
    ...(plan.override === undefined
      ? []
      : [`  override ${paint("yellow", `${plan.stable} serves unproven: ${plan.override}`)}`]),
    ...losses.map(({ at, what }) => `  lost     ${paint("yellow", `${what} (${renderSince(at, now)})`)}`),
  ];
}

function renderRollout({ rollout }: TrafficStatus, now: Date, paint: Paint): readonly string[] {
  const { phase, candidate, ladder, step, stepSince, startedAt, share, ended, next } = rollout;
  const title = paint(phaseStyles[phase], phase);
  if (phase === "idle") return [`  rollout  ${title}: none runs`];
  const steps = ladder.map((rung, index) => {
    const text = rung === "shadow" ? rung : renderPercent(rung);
    return index === step && ended === undefined ? paint("bold", `[${text}]`) : text;
  });
  return [
    `  rollout  ${title}${candidate ? ` of ${candidate}` : ""}${startedAt ? `, started ${renderSince(startedAt, now)}` : ""}`,
    ...(steps.length > 0
      ? [
          `  steps    ${steps.join(" → ")}${stepSince && !ended ? `, on this one since ${renderSince(stepSince, now)}` : ""}`,
        ]
      : []),
    ...(share ? [renderSplit(share, paint)] : []),
    ...(ended
      ? [
          `  ended    ${renderSince(ended.at, now)} by ${ended.cause}${spansOf(ended)}`,
          `  because  ${paint("red", ended.reason)}`,
        ]
      : []),
    ...(next ? [`  next     ${renderUntil(next)}`] : []),
    ...(phase === "complete" ? [`  next     promote it: mlc promote`] : []),
    ...(phase === "aborted" ? [`  next     take it out of the configuration: mlc abort`] : []),
    ...(phase === "rolledBack" ? [`  next     let the configuration say the same: mlc rollback`] : []),
    ...(phase === "holding" && !share?.mismatch
      ? [`  next     a person decides: mlc promote --force or mlc abort`]
      : []),
  ];
}

/** How the traffic is divided, or why that is not as the weight says and what to do. */
function renderSplit({ weight, stable, candidate, mismatch }: ShareStatus, paint: Paint): string {
  if (mismatch !== undefined) return `  share    ${paint("yellow", mismatch)}`;
  const drawn = stable + candidate;
  const share = drawn === 0 ? 0 : Math.round((candidate / drawn) * 10_000);
  return `  share    ${renderPercent(share)} of ${drawn} drawn at ${renderPercent(weight)}: as the weight says`;
}

function spansOf({ detectSeconds, lastBadMs }: NonNullable<TrafficStatus["rollout"]["ended"]>): string {
  return [
    detectSeconds === undefined ? "" : `, ${renderSeconds(detectSeconds)} after its first request`,
    lastBadMs === undefined ? "" : `, its last one ${Math.round(lastBadMs)} ms later`,
  ].join("");
}

const renderVerdictOf = ({ verdict, figures }: TrafficStatus["rollout"], paint: Paint): readonly string[] =>
  verdict === undefined ? [] : ["", ...renderVerdict(verdict as Verdict, figures, paint)];

function renderEvents({ events }: TrafficStatus, paint: Paint): readonly string[] {
  if (events.length === 0) return [];
  const rows = events
    .slice(-EVENTS)
    .map(({ at, kind, text }) => `    ${paint("dim", at.slice(0, 19))}  ${kind.padEnd(9)} ${text}`);
  return ["", "  last events (UTC)", ...rows];
}
