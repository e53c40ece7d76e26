import { createJudge, judge } from "../../../components/analysis/index.ts";
import { type Figure, figure, median } from "../figure.ts";
import { seeded } from "./draw.ts";
import { drawCounts, failures } from "./judged.ts";

const TRAFFIC = { requests: 100, weight: 0.05, stableRate: 0.01, candidateRate: 0.01 };
const DAY = 86_400;

/** What it takes to judge: time for a rollout of 480 intervals and five guards, and memory that a week does not make grow. */
export const sizes = (): readonly Figure[] => [decisionMs(), stateGrowth()];

function decisionMs(): Figure {
  const guards = ["a", "b", "c", "d", "e"].map((name) => failures(0.005, { name }));
  const times = Array.from({ length: 21 }, (_, run) => {
    const random = seeded("decision-ms", run);
    const intervals = Array.from({ length: 480 }, (__, at) => ({
      at: at * 1000,
      seconds: 1,
      counts: Object.fromEntries(guards.map(({ name }) => [name, drawCounts(random, TRAFFIC)])),
    }));
    const began = performance.now();
    judge(intervals, { guards });
    return performance.now() - began;
  });
  const detail = `one verdict over 480 intervals of 5 guards; median of 21, most ${Math.max(...times).toFixed(1)} ms`;
  return figure("decision-ms", median(times), "ms", { atMost: 20 }, detail);
}

function stateGrowth(): Figure {
  const random = seeded("state-growth", 0);
  const running = createJudge({ guards: [failures(0.005)], alpha: 1e-9 });
  const sizesByDay: number[] = [];
  for (let second = 0; second < 7 * DAY; second++) {
    running.add({ at: second * 1000, seconds: 1, counts: { failures: drawCounts(random, TRAFFIC) } });
    if ((second + 1) % DAY === 0) sizesByDay.push(JSON.stringify(running.state).length);
  }
  const [first = 0, last = 0] = [sizesByDay[0], sizesByDay.at(-1)];
  const detail = `what a judge remembers after a week of seconds over what it remembers after a day: ${last} and ${first} bytes as JSON; curves are kept at 100 to 200 points each`;
  return figure("judge-state-growth", last / first, "ratio", { atMost: 2 }, detail);
}
