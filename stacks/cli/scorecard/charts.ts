import { type Action, actions, type Point, type Row } from "../../../components/scorecard/index.ts";
import { drawBox, drawDot, drawing, drawRule, drawText, round } from "../page/drawing.ts";
import { printable } from "../printable.ts";
import { actionNames, renderAmount, renderScore } from "./wording.ts";

const BINS = 10;
const SLOT = 46;
const BAR = 38;
const HEIGHT = 150;
const HEAD = 16;
const FOOT = 18;

/** How many models have which health, ten bars of ten points each, each by what is advised. */
export function drawHealth(models: readonly Row[]): string {
  const known = models.filter(({ health }) => health !== null);
  const binOf = ({ health }: Row): number => Math.min(BINS - 1, Math.floor((health ?? 0) / (100 / BINS)));
  const bins = Array.from({ length: BINS }, (_, bin) => known.filter((row) => binOf(row) === bin));
  const most = Math.max(1, ...bins.map(({ length }) => length));
  const bars = bins.flatMap((own, bin) => {
    const [x, range] = [bin * SLOT + 4, `${bin * 10}–${bin * 10 + 10}`];
    const top = HEAD + HEIGHT * (1 - own.length / most);
    const number = own.length === 0 ? [] : [drawText("middle", x + BAR / 2, top - 4, String(own.length))];
    return [...drawStack(own, x, most, range), ...number, drawText("middle", x + BAR / 2, HEAD + HEIGHT + 13, range)];
  });
  const base = drawRule("axis", [0, HEAD + HEIGHT], [BINS * SLOT, HEAD + HEIGHT]);
  return drawing(`health of ${known.length} models`, BINS * SLOT, HEAD + HEIGHT + FOOT, [...bars, base]);
}

/** The models of a bar, what is kept at the bottom. */
function drawStack(own: readonly Row[], x: number, most: number, range: string): readonly string[] {
  let y = HEAD + HEIGHT;
  return actions.toReversed().flatMap((action) => {
    const count = own.filter(({ advice }) => advice.action === action).length;
    const height = (count / most) * HEIGHT;
    y -= height;
    return count === 0
      ? []
      : [drawBox(action, { x, y, width: BAR, height }, `health ${range}, ${actionNames[action]}: ${count}`)];
  });
}

const SIDE = 320;
const MARGIN = 40;

/** Each model by what it costs and what it brings, both by orders of magnitude; above the line it brings more than it costs. */
export function drawValue(models: readonly Row[], currency: string | null): string {
  const placed = models.flatMap((row): readonly Placed[] => {
    const { value = 0, cost = 0 } = row.last;
    return value > 0 && cost > 0 ? [{ row, value, cost }] : [];
  });
  const amounts = placed.flatMap(({ value, cost }) => [value, cost]);
  const [least, most] = [Math.min(...amounts), Math.max(...amounts)];
  const span = Math.log(most / least) || 1;
  const at = (amount: number): number => (SIDE * Math.log(amount / least)) / span;
  const dots = placed.map(({ row, value, cost }) => {
    const title = `${printable(row.model)}: value ${renderAmount(value, currency)}, cost ${renderAmount(cost, currency)}, ${actionNames[row.advice.action]}`;
    return drawDot(row.advice.action, MARGIN + at(cost), 10 + SIDE - at(value), title);
  });
  const bottom = 10 + SIDE;
  const frame = [
    drawRule("axis", [MARGIN, bottom], [MARGIN + SIDE, bottom]),
    drawRule("axis", [MARGIN, 10], [MARGIN, bottom]),
    drawRule("even", [MARGIN, bottom], [MARGIN + SIDE, 10]),
    drawText("start", MARGIN, bottom + 14, `cost a quarter, from ${renderAmount(least, currency)}`),
    drawText("end", MARGIN + SIDE, bottom + 14, `to ${renderAmount(most, currency)}`),
    drawText("start", MARGIN + 6, 20, "value a quarter, same scale"),
  ];
  return placed.length === 0
    ? ""
    : drawing(`value and cost of ${placed.length} models`, SIDE + 2 * MARGIN, SIDE + 34, [...frame, ...dots]);
}

interface Placed {
  readonly row: Row;
  readonly value: number;
  readonly cost: number;
}

const LINE = { width: 90, height: 22, pad: 3 };

/** The value of each quarter as a small line from nothing to its highest, with its gaps. */
export function drawTrend(history: readonly Point[]): string {
  const values = history.map(({ value }) => value);
  const most = Math.max(1e-9, ...values.map((value) => value ?? 0));
  const step = (LINE.width - 2 * LINE.pad) / Math.max(1, values.length - 1);
  const path = values.map((value, i) => {
    if (value === null) return "";
    const y = LINE.height - LINE.pad - (Math.max(0, value) / most) * (LINE.height - 2 * LINE.pad);
    return `${typeof values[i - 1] === "number" ? "L" : "M"}${round(LINE.pad + i * step)} ${round(y)}`;
  });
  const [first, last] = [history[0]?.quarter ?? "", history.at(-1)?.quarter ?? ""];
  return drawing(`value from ${first} to ${last}`, LINE.width, LINE.height, [
    `<path class="trend" d="${path.join("")}"/>`,
  ]);
}

/** What the colours say, with how many models there are of each. */
export const drawKey = (counts: Readonly<Record<Action, number>>): string =>
  actions
    .filter((action) => counts[action] > 0)
    .map((action) => `<span><span class="key ${action}"></span>${actionNames[action]} ${counts[action]}</span>`)
    .join(" ");

/** The health as a number, and how sure it is by what is known. */
export const renderHealth = ({ health, coverage }: Row): string =>
  coverage > 0.995 ? renderScore(health) : `${renderScore(health)} (${Math.round(coverage * 100)} % known)`;
