/** Data as YAML says it. */
export type Data = null | boolean | number | string | readonly Data[] | { readonly [key: string]: Data };

/** Takes one of so many ways; 0 is the plainest. */
export type Pick = (ways: number) => number;

export const isMap = (value: Data): value is { readonly [key: string]: Data } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isList = (value: Data): value is readonly Data[] => Array.isArray(value);

interface Context {
  readonly pick: Pick;
  /** What was written under an anchor. */
  readonly anchors: { readonly name: string; readonly value: Data }[];
}

/** A stack's configuration file with this release, in the ways that are picked. */
export function writeFile(value: { readonly [key: string]: Data }, pick: Pick): string {
  const context: Context = { pick, anchors: [] };
  const step = [2, 4, 3][pick(3)] ?? 2;
  const base = Object.values(value).find((item) => isMap(item) && Object.keys(item).length > 0) ?? { z: "9" };
  const neighbour = pick(4) > 1 ? [`${margin(step)}x:base: &base ${flow(base, step * 2, { pick, anchors: [] })}`] : [];
  if (neighbour.length > 0) context.anchors.push({ name: "base", value: base });
  const pair = (indent: number) => blockPair("model-lifecycle:release", value, indent, step, context, pick(5) === 4);
  const config =
    pick(8) === 7
      ? [`config: {${flowPairs({ "model-lifecycle:release": value, "y:z": "after" }, step, { pick, anchors: [] })}}`]
      : [
          `config:${tail(pick)}`,
          ...neighbour,
          ...pair(step),
          ...(pick(2) ? [`${margin(step)}y:z: after #§ theirs`] : []),
        ];
  const head = ["", "#§ head\n", "---\n", "--- #§ start\n", "%YAML 1.1\n---\n", "\n\n#§ head\n\n"][pick(6)] ?? "";
  const foot =
    ["", "encryptionsalt: v1:abc=\n", "#§ foot\n", "...\n", "---\nother: [document]\n", "secretsprovider: x #§ y\n"][
      pick(6)
    ] ?? "";
  let comments = 1000;
  const text = `${head}${config.join("\n")}\n${foot}`.replaceAll("#§", () => `#${comments++}`);
  const ended = pick(8) === 7 ? text.replace(/\n$/, "") : text;
  return pick(6) === 5 ? ended.replaceAll("\n", "\r\n") : ended;
}

const margin = (indent: number): string => " ".repeat(indent);
const tail = (pick: Pick): string => ["", "", " #§ tail", "   #§x", "\t#§ tab", " "][pick(6)] ?? "";

/** Lines above an entry. */
const above = (indent: number, pick: Pick): readonly string[] =>
  [[], [], [`${margin(indent)}#§ about this`], [""], ["", `${margin(indent)}#§`, "#§ at the margin"]][pick(5)] ?? [];

function blockPair(
  key: string,
  value: Data,
  indent: number,
  step: number,
  context: Context,
  explicit = false,
): string[] {
  const { pick } = context;
  const [first = "", ...others] = blockValue(value, indent, step, context, "pair");
  const lines = [...above(indent, pick)];
  if (explicit && !key.includes("\n")) {
    lines.push(`${margin(indent)}? ${writeKey(key, pick)}`, `${margin(indent)}:${first}`, ...others);
  } else lines.push(`${margin(indent)}${writeKey(key, pick)}:${first}`, ...others);
  return lines;
}

/** What follows a colon or a dash: the rest of its line, and the lines below. */
function blockValue(value: Data, indent: number, step: number, context: Context, behind: "pair" | "item"): string[] {
  const { pick, anchors } = context;
  const known = anchors.find((anchor) => pick(2) === 1 && JSON.stringify(anchor.value) === JSON.stringify(value));
  if (known) return [` *${known.name}${tail(pick)}`];
  const anchor = pick(12) === 11 ? ` &a${anchors.length}` : "";
  const remember = (): void => {
    if (anchor) anchors.push({ name: `a${anchors.length}`, value });
  };
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  if (typeof value !== "object" || value === null || isEmpty || pick(3) === 2) {
    const name = anchor && `${anchor} `;
    if (typeof value === "string" && pick(3) === 2) {
      const block = blockScalar(value, indent + step, pick);
      if (block) {
        remember();
        return [`${anchor} ${block.header}${tail(pick)}`, ...block.lines];
      }
    }
    if (value === null && pick(2) === 1) return [tail(pick)];
    const text = flow(value, indent + step, context);
    remember();
    return `${name || " "}${text}${tail(pick)}`.split("\n");
  }
  const inner = isList(value) && behind === "pair" && pick(2) === 1 ? indent : indent + step;
  const lines: string[] = [];
  if (isList(value)) {
    for (const item of value) {
      const [first = "", ...others] = blockValue(item, inner, 2, context, "item");
      lines.push(...above(inner, pick), `${margin(inner)}-${first}`, ...others);
    }
  } else {
    const merged = behind === "pair" ? mergeOf(value, anchors, pick) : undefined;
    if (merged) lines.push(`${margin(inner)}<<: *${merged.name}`);
    const left = Object.entries(value).filter(([key]) => !(merged && isMap(merged.value) && key in merged.value));
    for (const [key, item] of left) lines.push(...blockPair(key, item, inner, step, context, pick(14) === 13));
  }
  remember();
  // A map in an item may begin behind the dash.
  const [head = ""] = lines;
  if (
    behind === "item" &&
    !anchor &&
    pick(2) === 1 &&
    head.startsWith(margin(inner)) &&
    inner === indent + 2 &&
    !/^\s*#/.test(head) &&
    head !== ""
  ) {
    return [` ${head.slice(inner)}`, ...lines.slice(1)];
  }
  return [`${anchor}${tail(pick)}`, ...lines];
}

const mergeOf = (value: { readonly [key: string]: Data }, anchors: Context["anchors"], pick: Pick) =>
  anchors.find(
    (anchor) =>
      isMap(anchor.value) &&
      Object.entries(anchor.value).every(([key, item]) => JSON.stringify(value[key]) === JSON.stringify(item)) &&
      pick(2) === 1,
  );

function blockScalar(value: string, indent: number, pick: Pick) {
  // Only what every reader takes: printable, no line that begins or ends with a space, some text first.
  if (!/^[^\s]/.test(value) || !/^[\x20-\x7e\n]*$/.test(value) || /[ ]\n|\n[ ]| $/.test(value)) return undefined;
  const body = value.replace(/\n+$/, "");
  const end = value.slice(body.length);
  const chomp = end === "" ? "-" : end === "\n" ? "" : "+";
  const style = !body.includes("\n") && pick(2) === 1 ? ">" : "|";
  const lines = body.split("\n").map((line) => (line === "" ? "" : margin(indent) + line));
  return { header: `${style}${chomp}`, lines: [...lines, ...[...end.slice(1)].map(() => "")] };
}

function flow(value: Data, indent: number, context: Context): string {
  const { pick } = context;
  if (isList(value)) {
    return value.length === 0
      ? "[]"
      : `[${flowItems(
          value.map((item) => flow(item, indent, context)),
          indent,
          pick,
        )}]`;
  }
  return isMap(value) ? `{${flowPairs(value, indent, context)}}` : writeScalar(value, pick);
}

const flowPairs = (value: { readonly [key: string]: Data }, indent: number, context: Context): string =>
  flowItems(
    Object.entries(value).map(([key, item]) => {
      const written = writeKey(key, context.pick);
      const space = written.startsWith('"') && context.pick(4) === 3 ? "" : " ";
      if (item === null && context.pick(3) === 2) return context.pick(2) ? written : `${written}: `;
      return `${written}:${space}${flow(item, indent, context)}`;
    }),
    indent,
    context.pick,
  );

/** Between braces or brackets: on one line, or over several with comments and a comma too many. */
function flowItems(items: readonly string[], indent: number, pick: Pick): string {
  if (items.length === 0) return ["", " "][pick(2)] ?? "";
  const style = pick(4);
  if (style === 0) return ` ${items.join(", ")} `;
  if (style === 1) return items.join(pick(2) ? "," + " " : ",  ");
  const space = margin(indent + 1);
  const lines = items.map((item, index) => {
    const comment = pick(3) === 2 ? `${space}#§ before\n` : "";
    const comma = index < items.length - 1 || pick(2) === 1 ? "," : "";
    const behind = pick(3) === 2 ? " #§ behind" : "";
    return `${comment}${space}${item}${pick(9) === 8 ? ` #§ early\n${space}` : ""}${comma}${behind}\n`;
  });
  return `${pick(4) === 3 ? " #§ open" : ""}\n${lines.join("")}${space}`;
}

const isWord = (text: string): boolean =>
  /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);

function writeKey(key: string, pick: Pick): string {
  const way = pick(6);
  if ((isWord(key) || key === "model-lifecycle:release" || key === "y:z") && way < 4) return key;
  return way === 5 && /^[\x20-\x7e]*$/.test(key) ? `'${key.replaceAll("'", "''")}'` : JSON.stringify(key);
}

function writeScalar(value: Data, pick: Pick): string {
  if (value === null) return ["null", "~", "Null"][pick(3)] ?? "null";
  if (typeof value === "number")
    return value === 15
      ? (["15", "017", "0xF", "+15"][pick(4)] ?? "15")
      : value === 1000
        ? (["1000", "1_000"][pick(2)] ?? "1000")
        : String(value);
  if (typeof value !== "string") return String(value);
  const way = pick(6);
  if (isWord(value) && way < 3) return way === 2 && pick(4) === 3 ? `!!str ${value}` : value;
  if (
    /^[A-Za-z]+%?( [a-z]+)*$/.test(value) &&
    isWord(value.slice(0, 1)) &&
    !/^(true|false|null)$/i.test(value) &&
    way < 3
  )
    return value;
  if (way === 5 && /^[\x20-\x7e]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replaceAll(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
