import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { repository } from "../support/project.ts";
import type { Figure } from "./figure.ts";

type Measure = () => Promise<readonly Figure[]> | readonly Figure[];

/** The figures of one `npm run bench:<name>`: told as they come, and written into the bench's section of docs/benchmarks.md with `-- --write`. */
export class Report {
  readonly #bench: string;
  readonly #figures: Figure[] = [];

  constructor(bench: string) {
    this.#bench = bench;
  }

  async take(what: string, measure: Measure): Promise<void> {
    process.stderr.write(`${what} …\n`);
    const taken = await this.#tryTo(what, measure);
    this.#figures.push(...taken);
    for (const { name, value, unit, bar, verdict, detail } of taken) {
      process.stderr.write(`  ${verdict.padEnd(6)}  ${name} ${value} ${unit} (bar ${bar || "none"}): ${detail}\n`);
    }
  }

  /** What cannot be taken is a bar missed; the others are taken all the same. */
  async #tryTo(what: string, measure: Measure): Promise<readonly Figure[]> {
    try {
      return await measure();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [{ name: what, value: Number.NaN, unit: "", bar: "to be taken", verdict: "missed", detail: why }];
    }
  }

  /** Ends the process: with 1 when a bar is missed. */
  end(): never {
    const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: repository, encoding: "utf8" }).trim();
    if (process.argv.includes("--write")) this.#writeSection(commit);
    console.log(JSON.stringify({ bench: this.#bench, commit, figures: this.#figures }));
    process.exit(this.#figures.some(({ verdict }) => verdict === "missed") ? 1 : 0);
  }

  #writeSection(commit: string): void {
    const page = path.join(repository, "docs/benchmarks.md");
    const [begin, end] = [`<!-- ${this.#bench}:begin -->\n`, `<!-- ${this.#bench}:end -->`];
    const text = readFileSync(page, "utf8");
    const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
    if (from < begin.length || to < from) throw new Error(`${page} has no section ${begin}… ${end}`);
    const before = text.slice(from, to);
    const whole = process.argv.includes("--only") && before !== "" ? before : undefined;
    const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), Node ${process.versions.node}`;
    const head = `Commit \`${commit}\`, ${machine}: \`npm run bench:${this.#bench} -- --write\`.`;
    writeFileSync(page, `${text.slice(0, from)}${renderSection(head, this.#figures, commit, whole)}${text.slice(to)}`);
  }
}

const TABLE = ["figure | value | bar | | how", "--- | --- | --- | --- | ---"];
const LATER = "Taken later: ";

/**
 * The section of a bench. @param head when and how all of its figures were taken
 * @param whole the section so far, when only some of its figures were taken: the others stay as they are
 */
export function renderSection(head: string, figures: readonly Figure[], commit: string, whole?: string): string {
  const taken = new Map(figures.map((each) => [`\`${each.name}\``, renderRow(each)]));
  if (whole === undefined) return [head, "", ...TABLE, ...taken.values(), ""].join("\n");
  const [before = "", ...lines] = whole.split("\n");
  const known = lines.filter((line) => line.startsWith("`"));
  const nameOf = (row: string): string => row.split(" | ")[0] ?? "";
  const kept = known.map((row) => taken.get(nameOf(row)) ?? row);
  const names = known.map(nameOf);
  const added = [...taken].filter(([name]) => !names.includes(name)).map(([, row]) => row);
  const earlier = lines
    .filter((line) => line.startsWith(LATER))
    .flatMap((line) => line.slice(LATER.length).split("; "));
  const later = new Map(earlier.map((each) => [nameOf(each.replace(" at ", " | ")), each]));
  for (const name of taken.keys()) later.set(name, `${name} at \`${commit}\``);
  return [before, "", `${LATER}${[...later.values()].join("; ")}`, "", ...TABLE, ...kept, ...added, ""].join("\n");
}

const renderRow = ({ name, value, unit, bar, verdict, detail }: Figure): string =>
  [`\`${name}\``, `${value} ${unit}`, bar, verdict === "missed" ? "**missed**" : verdict, detail].join(" | ");
