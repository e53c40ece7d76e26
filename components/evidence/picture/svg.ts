/** A piece of a drawing: markup that is complete and escaped. */
export type Markup = string;

type Attributes = Readonly<Record<string, string | number>>;

/** An element with its attributes and what is in it. */
export function element(name: string, attributes: Attributes, ...content: readonly Markup[]): Markup {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escapeText(value)}"`,
  );
  const inner = content.join("");
  return inner === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${inner}</${name}>`;
}

/** A line of text. @param look classes of the style sheet */
export const label = (x: number, y: number, look: string, text: string, attributes: Attributes = {}): Markup =>
  element("text", { x, y, class: look, ...attributes }, escapeText(text));

/** A straight line. */
export const rule = (x1: number, y1: number, x2: number, y2: number, look: string): Markup =>
  element("line", { x1, y1, x2, y2, class: look });

/** A rectangle. */
export const box = (x: number, y: number, width: number, height: number, look: string): Markup =>
  element("rect", { x, y, width, height, rx: 2, class: look });

/** The `d` of a line through points. */
export const pathThrough = (points: readonly (readonly [x: number, y: number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");

/** Text that stands for itself wherever it comes from; characters that XML does not have are shown as unknown. */
export const escapeText = (text: string): string =>
  text.replaceAll(NOT_XML, "\ufffd").replaceAll(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);

const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const SPECIAL = /[&<>"']/g;

const round = (value: number): string => String(Math.round(value * 10) / 10);
