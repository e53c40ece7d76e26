import { type Document, parseDocument, type ScalarTag } from "yaml";

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?\s*(Z|[+-]\d{1,2}:\d{2})?)?$/;

/**
 * The engine reads a bare timestamp as a time and hands it on in Go's notation. Reading it the same way shows the same
 * problem before the engine does.
 */
const bareTimestamp: ScalarTag = {
  tag: "tag:yaml.org,2002:timestamp",
  default: true,
  test: TIMESTAMP,
  resolve: (source) => {
    const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", zone = "Z"] =
      TIMESTAMP.exec(source) ?? [];
    const two = (part: string) => part.padStart(2, "0");
    const offset = zone === "Z" ? "+0000 UTC" : `${zone.replace(":", "")} ${zone.replace(":", "")}`;
    return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)} ${offset}`;
  },
};

/** Reads YAML the way the engine reads a stack's configuration. Syntax errors stand in `errors` of the result. */
export const parseYaml = (text: string): Document.Parsed =>
  parseDocument(text, { merge: true, customTags: (tags) => [...tags, bareTimestamp] });
