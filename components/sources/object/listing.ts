// What an object store lists is flat XML without attributes or nesting of one kind in itself, and the names in it are
// encoded: a few lines read it, where a reader of any XML is six packages.

/** An entry of a list, by the names of its elements. */
export type Entry = Readonly<Record<string, string>>;

/** The entries of one kind: `Contents`, `Version`. */
export const entriesOf = (xml: string, kind: string): readonly Entry[] =>
  [...xml.matchAll(new RegExp(`<${kind}>(.*?)</${kind}>`, "gs"))].map(([, body = ""]) => fieldsOf(body));

/** What stands in the elements of a list itself. */
export const textOf = (xml: string, name: string): string | undefined => {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text === undefined ? undefined : unescaped(text);
};

const fieldsOf = (body: string): Entry =>
  Object.fromEntries(
    [...body.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name = "", text = ""]) => [name, unescaped(text)]),
  );

/** The name of an object; encoded when the list says so, as forms encode. */
export const keyOf = (xml: string, { Key = "" }: Entry): string =>
  textOf(xml, "EncodingType") === "url" ? decodeURIComponent(Key.replaceAll("+", "%20")) : Key;

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescaped = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
