import { drawBox, drawing } from "../page/drawing.ts";
import { escapeMarkup } from "../page/markup.ts";
import { printable } from "../printable.ts";
import type { Bar } from "./distribution.ts";

const SLOT = 36;
const BAR = 14;
const HEIGHT = 120;
const LABELS = 64;
const LONGEST_LABEL = 12;

/** Two distributions as one drawing, bar beside bar; each bar says its share when pointed at. */
export function drawBars(feature: string, bars: readonly Bar[]): string {
  const most = Math.max(1e-9, ...bars.flatMap(({ reference, current }) => [reference, current]));
  const drawn = bars.map((bar, i) => {
    const x = i * SLOT + 4;
    return [
      drawBar("reference", x, bar.reference / most, `${printable(bar.label)}: reference ${percent(bar.reference)}`),
      drawBar("current", x + BAR, bar.current / most, `${printable(bar.label)}: current ${percent(bar.current)}`),
      `<text transform="translate(${x + BAR} ${HEIGHT + 12}) rotate(40)">${escapeMarkup(shorten(bar.label))}</text>`,
    ].join("");
  });
  const width = bars.length * SLOT + LABELS;
  return drawing(`distribution of ${printable(feature)}`, width, HEIGHT + LABELS, drawn);
}

function drawBar(side: "reference" | "current", x: number, share: number, title: string): string {
  const height = share * HEIGHT;
  return drawBox(side, { x, y: HEIGHT - height, width: BAR, height }, title);
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const shorten = (label: string): string => {
  const characters = [...label];
  return characters.length <= LONGEST_LABEL ? label : `${characters.slice(0, LONGEST_LABEL - 1).join("")}…`;
};
