import { escapeText } from "./markup.ts";

/** A rectangle's place and size, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A drawing with what it shows in words. @param shapes markup, complete and escaped */
export const drawing = (title: string, width: number, height: number, shapes: readonly string[]): string =>
  `<svg role="img" aria-label="${escapeText(title)}" viewBox="0 0 ${width} ${height}" width="${width}">${shapes.join("")}</svg>`;

/** A rectangle that says something when pointed at. @param look classes of the page's style */
export const drawBox = (look: string, { x, y, width, height }: Box, title: string): string =>
  `<rect class="${look}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"><title>${escapeText(title)}</title></rect>`;

/** A dot that says something when pointed at. @param look classes of the page's style */
export const drawDot = (look: string, x: number, y: number, title: string): string =>
  `<circle class="${look}" cx="${round(x)}" cy="${round(y)}" r="5"><title>${escapeText(title)}</title></circle>`;

/** A straight line. @param look classes of the page's style */
export const drawRule = (look: string, from: readonly [number, number], to: readonly [number, number]): string =>
  `<line class="${look}" x1="${round(from[0])}" y1="${round(from[1])}" x2="${round(to[0])}" y2="${round(to[1])}"/>`;

/** A text. @param look classes of the page's style */
export const drawText = (look: string, x: number, y: number, text: string): string =>
  `<text class="${look}" x="${round(x)}" y="${round(y)}">${escapeText(text)}</text>`;

/** A place or a size as a drawing writes it. */
export const round = (value: number): number => Number(value.toFixed(2));
