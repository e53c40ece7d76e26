import type { GuardCounts, Verdict } from "../../../components/analysis/index.ts";
import { kindOf } from "../../../components/guards/index.ts";
import type { GuardFigures } from "../../../components/traffic/index.ts";
import { renderSeconds } from "../render-time.ts";
import { eValue, renderVerdict } from "../render-verdict.ts";
import type { Paint } from "../terminal.ts";
import type { JudgedInterval, Judging } from "./judging.ts";
import type { Trial } from "./trial.ts";

const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** One interval as it comes: what each guard counted in it, and where the evidence stands. */
export function renderInterval({ interval: { at, counts }, verdict: said }: JudgedInterval, paint: Paint): string {
  const { verdict, evidence } = said;
  const seen = Object.entries(counts).map(([metric, count]) => `${metric} ${renderCounts(count)}`);
  const e = `harm e = ${eValue(evidence.combined.log)} of ${eValue(evidence.thresholds.rollback)}`;
  return `${paint("dim", time(at))}  ${seen.length > 0 ? seen.join(", ") : "nothing was measured"}; ${e}; ${verdict}`;
}

/** Events of units, stable against candidate; of latency the lowest rung. */
function renderCounts({ n0, x0, n1, x1 }: GuardCounts): string {
  const [stable, candidate] = [x0, x1].map((events) => (typeof events === "number" ? events : (events[0] ?? 0)));
  return `${round(stable)}/${n0} : ${round(candidate)}/${n1}`;
}

const round = (events = 0): number => Math.round(events * 100) / 100;

/** What was judged and what came of it, for a person: the verdict, the culprit, what is to come, and what is odd. */
export function renderJudged(
  { verdict, intervals, notes, bakeLeft }: Judging,
  { plan, arms }: Trial,
  name: string,
  paint: Paint,
): string {
  const { evidence } = verdict;
  const [first] = intervals;
  const last = intervals.at(-1);
  const span = first && last ? `, ${time(first.at)} to ${time(last.at + last.seconds * 1000)}` : "";
  const figures = Object.fromEntries(
    evidence.guards.flatMap(({ name: metric, comparisons }): readonly [string, GuardFigures][] => {
      const guard = plan.guards.find((each) => each.metric === metric);
      const said = guard && comparisons[0] && kindOf(guard).figures?.(guard, comparisons[0]);
      return said === undefined ? [] : [[metric, said]];
    }),
  );
  return [
    `${paint("bold", `${arms.candidate} against ${arms.stable}`)}  ${name}${span}, ${intervals.length} intervals`,
    ...renderVerdict(verdict, figures, paint),
    ...renderCulprit(verdict, { plan, arms }, paint),
    `  next     ${verdict.verdict === "promote" && bakeLeft > 0 ? `bake: ${renderSeconds(bakeLeft)} more to be judged` : evidence.next.reason}`,
    ...notes.map(({ text }) => `  ${paint("yellow", "!")}        ${text}`),
  ].join("\n");
}

function renderCulprit(
  { evidence }: Verdict,
  { plan, arms }: Pick<Trial, "plan" | "arms">,
  paint: Paint,
): readonly string[] {
  const { culprit, guards } = evidence;
  const guard = plan.guards.find(({ metric }) => metric === culprit?.guard);
  const seen = guards.find(({ name }) => name === culprit?.guard)?.comparisons[0];
  if (culprit === null || guard === undefined || seen === undefined) return [];
  return [`  culprit  ${paint("red", `${culprit.guard}: ${kindOf(guard).harm(seen, arms.stable, guard)}`)}`];
}
