import { readFileSync } from "node:fs";
import { type Field, type JudgedDocument, parseEvidence, type Verification } from "../../components/evidence/index.ts";
import { type Problem, renderList } from "../../components/release/problems.ts";
import { exitCodes, Failure } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

/** Reads a document of evidence and judges it again. @throws Failure (2) with everything that is wrong with it */
export function readEvidenceFile(path: string): JudgedDocument {
  const parsed = parseEvidence(readFileSync(path, "utf8"));
  const { problems } = parsed;
  if (parsed.document === undefined) throw new Failure(exitCodes.usage, renderDamage(path, problems), { problems });
  return parsed;
}

/** A file may be wrong in ten thousand places; `--json` tells them all. */
const MOST_SHOWN = 12;

function renderDamage(path: string, problems: readonly Problem[]): string {
  const shown = problems
    .slice(0, MOST_SHOWN)
    .map(({ path: at, seen, allowed }) => `  ${at}\n    seen:    ${seen}\n    allowed: ${allowed}`);
  const more = problems.length > MOST_SHOWN ? [`  and ${problems.length - MOST_SHOWN} more (--json has all)`] : [];
  const cures = [...new Set(problems.map(({ cure }) => cure))];
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return `${path} has ${count}, and was not judged.\n\n${[...shown, ...more].join("\n\n")}\n\nDo this: ${renderList(cures)}.`;
}

/** What came of judging again, a line a field. */
export function renderVerification({ fields }: Verification, paint: Terminal["paint"]): string {
  const width = Math.max(...fields.map(({ field }) => field.length));
  return fields
    .map(({ field, stated, recomputed, same }) => {
      const row = `${field.padEnd(width)}  ${renderValue(stated)}`;
      return same
        ? `${paint("green", "✓")} ${row}`
        : `${paint("red", "✗")} ${row}\n  ${"".padEnd(width)}  ${paint("red", `recomputed: ${renderValue(recomputed)}`)}`;
    })
    .join("\n");
}

const WIDEST = 72;

function renderValue(value: Field["stated"]): string {
  if (typeof value === "string") return value;
  const text = JSON.stringify(value, roundNumbers) ?? "nothing";
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

const roundNumbers = (_: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(9)) : value;
