import { escapeMarkup } from "../page/markup.ts";
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
      drawBar("reference", x, bar.reference / most, `${bar.label}: reference ${percent(bar.reference)}`),
      drawBar("current", x + BAR, bar.current / most, `${bar.label}: current ${percent(bar.current)}`),
      `<text transform="translate(${x + BAR} ${HEIGHT + 12}) rotate(40)">${escapeMarkup(shorten(bar.label))}</text>`,
    ].join("");
  });
  const width = bars.length * SLOT + LABELS;
  return `<svg role="img" aria-label="${escapeMarkup(`distribution of ${feature}`)}" viewBox="0 0 ${width} ${HEIGHT + LABELS}" width="${width}">${drawn.join("")}</svg>`;
}

function drawBar(side: "reference" | "current", x: number, share: number, title: string): string {
  const height = Number((share * HEIGHT).toFixed(2));
  const y = Number((HEIGHT - height).toFixed(2));
  return `<rect class="${side}" x="${x}" y="${y}" width="${BAR}" height="${height}"><title>${escapeMarkup(title)}</title></rect>`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const shorten = (label: string): string => {
  const characters = [...label];
  return characters.length <= LONGEST_LABEL ? label : `${characters.slice(0, LONGEST_LABEL - 1).join("")}…`;
};
