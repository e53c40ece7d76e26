import { heading, LEFT, RIGHT, rows, type Section, type Time, timeAxis } from "./frame.ts";
import { linear, renderShare, shareTicks } from "./scale.ts";
import { box, element, label, type Markup, pathThrough } from "./svg.ts";
import { shorten } from "./text.ts";

/** Units of both versions in one interval. */
export interface Shared {
  /** Begin and end, in s since the first. */
  readonly from: number;
  readonly to: number;
  readonly stable: number;
  readonly candidate: number;
}

const HEIGHT = 110;
/** Columns of the drawing: more would be thinner than a line. */
const COLUMNS = 160;

/** Which share of what is compared the candidate had, over time. */
export function split(
  top: number,
  candidate: string,
  { time, shared }: { readonly time: Time; readonly shared: readonly Shared[] },
): Section {
  const [from, to] = [top + 36, top + 36 + HEIGHT];
  const columns = columnsOf(shared, time.seconds);
  const ticks = shareTicks(Math.max(0, ...columns.map(({ share }) => share)));
  const place = linear([0, ticks.at(-1)?.value ?? 1], [to, from]);
  const outline = columns.flatMap(({ begin, end, share }) => [
    [time.place(begin), place(share)] as const,
    [time.place(end), place(share)] as const,
  ]);
  const [first, last] = [outline[0], outline.at(-1)];
  const area = first && last ? `${pathThrough([[first[0], to], ...outline, [last[0], to]])}Z` : "";
  const markup = [
    heading(
      top,
      "Split of the traffic",
      `Share of ${shorten(candidate, 40)} in what is compared; the rest is stable's.`,
    ),
    rows(ticks, place),
    area === "" ? box(LEFT, to, RIGHT - LEFT, 0, "area") : element("path", { class: "area", d: area }),
    element("path", { class: "curve candidate", d: pathThrough(outline) }),
    timeAxis(time, from, to),
    stepNames(time, shared, from),
    last
      ? label(
          RIGHT + 18,
          last[1] + 4,
          "name candidate",
          `${shorten(candidate, 20)} ${renderShare(columns.at(-1)?.share ?? 0)}`,
        )
      : "",
  ];
  return { markup: markup.join(""), bottom: to + 26 };
}

interface Column {
  readonly begin: number;
  readonly end: number;
  readonly share: number;
}

function columnsOf(shared: readonly Shared[], seconds: number): readonly Column[] {
  const width = seconds / Math.min(COLUMNS, Math.max(1, shared.length));
  const columns = new Map<number, { begin: number; end: number; stable: number; candidate: number }>();
  for (const { from, to, stable, candidate } of shared) {
    const index = Math.floor(from / width + 1e-9);
    const column = columns.get(index) ?? { begin: from, end: to, stable: 0, candidate: 0 };
    const end = Math.max(column.end, to);
    columns.set(index, {
      begin: column.begin,
      end,
      stable: column.stable + stable,
      candidate: column.candidate + candidate,
    });
  }
  return [...columns.values()]
    .filter(({ stable, candidate }) => stable + candidate > 0)
    .map(({ begin, end, stable, candidate }) => ({ begin, end, share: candidate / (stable + candidate) }));
}

/** Narrower than that, a name would lie on the next one. */
const NARROWEST = 64;

function stepNames({ changes, seconds, place }: Time, shared: readonly Shared[], top: number): Markup {
  const begins = [0, ...changes];
  return begins
    .map((begin, i) => {
      const end = begins[i + 1] ?? seconds;
      if (begins.length < 2 || place(end) - place(begin) < NARROWEST) return "";
      const inside = shared.filter(({ from }) => from >= begin && from < end);
      const [stable, candidate] = [sum(inside.map((each) => each.stable)), sum(inside.map((each) => each.candidate))];
      const share = stable + candidate > 0 ? `, ${renderShare(candidate / (stable + candidate))}` : "";
      return label(place(begin) + 6, top + 8, "tick", `step ${i + 1}${share}`);
    })
    .join("");
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
