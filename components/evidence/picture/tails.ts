import type { ComparisonEvidence, GuardEvidence } from "../../analysis/index.ts";
import { heading, LEFT, RIGHT, type Section } from "./frame.ts";
import { linear, renderMs, renderShare } from "./scale.ts";
import { box, label, type Markup, rule } from "./svg.ts";
import { shorten } from "./text.ts";

const ROW = 36;
const BAR = 11;
/** Shares are drawn by their logarithm, from a hundredth of a percent. */
const LEAST = 1e-4;

/** Of a guard on latency, the share of each version's requests slower than each rung. */
export function tails(top: number, { comparisons, name }: GuardEvidence, versions: Versions): Section {
  const rungs = comparisons
    .filter(({ stableMs, stable, candidate }) => stableMs !== undefined && stable.events + candidate.events > 0)
    .toSorted((a, b) => (a.stableMs ?? 0) - (b.stableMs ?? 0));
  const from = top + 40;
  const to = from + Math.max(1, rungs.length) * ROW;
  const place = linear([Math.log(LEAST), 0], [LEFT + 60, RIGHT]);
  const ticks = [1e-4, 1e-3, 1e-2, 1e-1, 1].map((share) => {
    const x = place(Math.log(share));
    return rule(x, from - 4, x, to, "grid") + label(x, to + 16, "tick mid", renderShare(share));
  });
  const none =
    rungs.length === 0
      ? label(LEFT + 60, from + 14, "muted", "No request of either version was slower than the first rung.")
      : "";
  const bars = rungs.map((rung, i) => rungBars(from + i * ROW, rung, place, i === 0 ? versions : undefined));
  const meaning =
    "Share of requests slower than each rung, on a logarithmic axis. The candidate's rungs are longer by the margin.";
  const markup = heading(top, `Tails of ${shorten(name, 60)}`, meaning) + ticks.join("") + none + bars.join("");
  return { markup, bottom: to + 24 };
}

/** What the two versions are called. */
export interface Versions {
  readonly stable: string;
  readonly candidate: string;
}

function rungBars(
  y: number,
  { stableMs = 0, candidateMs = 0, stable, candidate }: ComparisonEvidence,
  place: (log: number) => number,
  named: Versions | undefined,
): Markup {
  const bar = (at: number, share: number | null, look: string, name: string | undefined): Markup => {
    const start = place(Math.log(LEAST));
    const width = share === null || share <= LEAST ? 0 : place(Math.log(share)) - start;
    const said = share === null ? "no data" : share === 0 ? "none" : renderShare(share);
    const text = name === undefined ? said : `${said}, ${shorten(name, 24)}`;
    return (
      box(start, at, Math.max(width, 1.5), BAR, look) +
      label(start + Math.max(width, 1.5) + 6, at + BAR - 1.5, `small ${look}`, text)
    );
  };
  const limit = (at: number, ms: number) => label(LEFT + 52, at + BAR - 1.5, "small end muted", `> ${renderMs(ms)}`);
  return (
    limit(y + 4, stableMs) +
    limit(y + 17, candidateMs) +
    bar(y + 4, stable.rate, "stable", named?.stable) +
    bar(y + 17, candidate.rate, "candidate", named?.candidate)
  );
}
