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
    const rows = this.#figures.map(({ name, value, unit, bar, verdict, detail }) =>
      [`\`${name}\``, `${value} ${unit}`, bar, verdict === "missed" ? "**missed**" : verdict, detail].join(" | "),
    );
    const section = [
      `Commit \`${commit}\`, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), Node ${process.versions.node}: \`npm run bench:${this.#bench} -- --write\`.`,
      "",
      "figure | value | bar | | how",
      "--- | --- | --- | --- | ---",
      ...rows,
      "",
    ].join("\n");
    const [begin, end] = [`<!-- ${this.#bench}:begin -->`, `<!-- ${this.#bench}:end -->`];
    const text = readFileSync(page, "utf8");
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${page} has no section ${begin} … ${end}`);
    writeFileSync(page, `${text.slice(0, from)}${begin}\n${section}${text.slice(to)}`);
  }
}
