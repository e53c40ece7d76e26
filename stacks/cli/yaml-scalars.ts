import type { ScalarTag, Tags } from "yaml";

/** What a scalar without quotes stands for, as the engine reads it. */
export function resolvePlain(text: string): unknown {
  if (NULLS.has(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^\.(nan|NaN|NAN)$/.test(text)) return Number.NaN;
  if (/^[-+]?\.(inf|Inf|INF)$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (text.startsWith(".")) return floatOf(text.replaceAll(/(?<=\d)_(?=\d)/g, "")) ?? text;
  if (!/^[-+0-9]/.test(text)) return text;
  const digits = text.replaceAll("_", "");
  return timestampOf(text) ?? integerOf(digits) ?? floatOf(digits) ?? text;
}

const NULLS = new Set(["", "~", "null", "Null", "NULL"]);

/** Exact where a number is not: what is larger than 2^53 stays a bigint. */
function integerOf(digits: string): number | bigint | undefined {
  const [, sign, prefix = "", rest = ""] = /^([-+]?)(0[xX]|0[bB]|0[oO]|0(?=.)|)([0-9a-fA-F]+)$/.exec(digits) ?? [];
  const base = { x: "0x", b: "0b", o: "0o", "": "" }[prefix.slice(1).toLowerCase()];
  if (sign === undefined || base === undefined || !DIGITS[prefix === "0" ? "0o" : base]?.test(rest)) return undefined;
  const size = BigInt((prefix === "0" ? "0o" : base) + rest);
  if (size > (sign === "" ? 2n ** 64n - 1n : sign === "-" ? 2n ** 63n : 2n ** 63n - 1n)) return undefined;
  const value = sign === "-" ? -size : size;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

const DIGITS: Readonly<Record<string, RegExp>> = {
  "": /^[0-9]+$/,
  "0x": /^[0-9a-fA-F]+$/,
  "0o": /^[0-7]+$/,
  "0b": /^[01]+$/,
};

function floatOf(digits: string): number | undefined {
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits)) return undefined;
  return Number.isFinite(Number(digits)) ? Number(digits) : undefined;
}

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?(Z|[+-]\d{2}:\d{2})| (\d{1,2}):(\d{1,2}):(\d{1,2})([.,]\d+)?)?$/;

/** The engine reads a bare timestamp as a time and hands it on in Go's notation. */
function timestampOf(text: string): string | undefined {
  const found = TIMESTAMP.exec(text);
  if (!found) return undefined;
  const [, year = "", month = "", day = ""] = found;
  const clock = found[4] === undefined ? 9 : 4;
  const [hour = "0", minute = "0", second = "0", fraction = ""] = found.slice(clock, clock + 4);
  const date = [year, pad(month), pad(day)].join("-");
  const time = [hour, minute, second].map(pad).join(":");
  const isReal =
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date) === true;
  if (!isReal) return undefined;
  const offset = (found[8] ?? "Z").replace(":", "");
  const part = fraction.slice(1, 10).replace(/0+$/, "");
  return `${date} ${time}${part && `.${part}`} ${offset === "Z" ? "+0000 UTC" : `${offset} ${offset}`}`;
}

const pad = (part: string): string => part.padStart(2, "0");

const named = (name: string, resolve: ScalarTag["resolve"]): ScalarTag => ({
  tag: `tag:yaml.org,2002:${name}`,
  resolve,
});

/** A tag that asks for a type: the engine refuses every scalar that is not written as one. */
const typed = (name: string, isOne: (value: unknown, text: string) => boolean): ScalarTag =>
  named(name, (text, onError) => {
    const value = resolvePlain(text);
    if (!isOne(value, text)) onError(`!!${name} stands before ${JSON.stringify(text)}, which is none`);
    return value;
  });

const isNumber = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint";
const isInteger = (value: unknown, text: string): boolean =>
  isNumber(value) && integerOf(text.replaceAll("_", "")) !== undefined;

/** Scalars as the engine reads them, tags for maps and lists as they come. */
export const engineTags = (tags: Tags): Tags => [
  ...tags.filter(
    (tag) => typeof tag === "object" && (tag.collection !== undefined || tag.tag === "tag:yaml.org,2002:str"),
  ),
  { ...named("plain", resolvePlain), default: true, test: /^(?:[-+.0-9~nNtTfF]|$)/ },
  typed("null", (value) => value === null),
  typed("bool", (value) => typeof value === "boolean"),
  typed("int", isInteger),
  typed("float", isNumber),
  typed("timestamp", (_, text) => timestampOf(text) !== undefined),
  named("binary", (text) => Buffer.from(text, "base64").toString()),
];
