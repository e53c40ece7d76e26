import type { Request } from "../drift/compare-files.ts";
import type { TableComparison } from "../drift/comparison.ts";
import { exitCodes, problemsFailure, usageFailure } from "../failure.ts";
import type { StackOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface DriftOptions extends StackOptions {
  readonly reference: string;
  readonly pin?: string;
  readonly prediction?: string;
  readonly label?: string;
  /** @default [] */
  readonly category?: readonly string[];
  /** @default [] */
  readonly ignore?: readonly string[];
  readonly alpha?: string;
  readonly history?: string;
  readonly out?: string;
}

/** Compares what a version was asked, and what it answered, with its reference. Reads files; needs no stack and no engine. */
export const drift: Verb<DriftOptions> = {
  usage: "drift <current>",
  summary: "compare a period's requests and answers with a reference: what has changed, and is it worth a look",
  description:
    "Compares the columns of two files (.csv, .tsv, .jsonl, .ndjson, .parquet). A feature has drifted when the change is material and significant. Ends with 5 when anything has drifted.",
  example: "mlc drift today.parquet --reference training.parquet --prediction score --label repaid --out drift/",
  options: [
    {
      flags: "--reference <file>",
      description: "what the period is compared with",
      required: true,
      values: async () => (await import("../tables/read-table.ts")).tableFiles(),
    },
    { flags: "--pin <content>", description: "refuse a reference with another content than this hash" },
    { flags: "--prediction <column>", description: "what the version said" },
    { flags: "--label <column>", description: "what was true, as far as it is known: judges the performance" },
    { flags: "--category <column>", description: "numbers that are names; may be repeated", repeated: true },
    {
      flags: "--ignore <column>",
      description: "left out, as ids and times should be; may be repeated",
      repeated: true,
    },
    { flags: "--alpha <share>", description: "chance of a false alarm, all features together [0.05]" },
    {
      flags: "--history <file>",
      description: "judge by all periods: drift begins with 3 of 5, and ends after 3 calm ones; the file is written",
    },
    { flags: "--out <dir>", description: "write drift.html, drift.json and drift.prom there" },
  ],
  arguments: async () => (await import("../tables/read-table.ts")).tableFiles(),
  async run(terminal, { args: [current = ""], options }) {
    const { compareFiles } = await import("../drift/compare-files.ts");
    const compared = await terminal.during("comparing", compareFiles(readRequest(current, options)));
    if ("problems" in compared) throw problemsFailure(compared.problems, "The comparison");
    const { comparison, history } = compared;
    const { renderComparison } = await import("../drift/render-table.ts");
    const { comparisonFacts } = await import("../drift/comparison.ts");
    terminal.say(renderComparison(comparison, terminal.paint));
    const written = options.out === undefined ? [] : await write(options.out, comparison);
    for (const path of written) terminal.say(`  ${path}`);
    // Last: a period whose report could not be written is not counted, and the same command counts it.
    if (history !== undefined && options.history !== undefined) {
      if (written.length > 0)
        terminal.stand({ done: "The report is written.", left: "This period is not counted yet." });
      const { writeHistory } = await import("../drift/history-file.ts");
      writeHistory(options.history, history);
    }
    return {
      exitCode: comparison.drifted ? exitCodes.drifted : exitCodes.done,
      facts: { ...comparisonFacts(comparison), written },
    };
  },
};

/** @throws Failure when an option is not what it may be */
function readRequest(current: string, options: DriftOptions): Request {
  const { reference, pin, prediction, label, category = [], ignore = [], alpha = "0.05", history } = options;
  if (label !== undefined && prediction === undefined) {
    throw usageFailure("--label says what was true; --prediction has to say with which column it is compared.");
  }
  const share = Number(alpha);
  if (!(share > 0 && share < 1)) {
    throw usageFailure(`--alpha: seen ${JSON.stringify(alpha)}; allowed is a number above 0 and below 1.`);
  }
  return {
    reference,
    current,
    alpha: share,
    categories: category,
    ignored: ignore,
    ...(pin !== undefined && { pin }),
    ...(prediction !== undefined && { prediction }),
    ...(label !== undefined && { label }),
    ...(history !== undefined && { historyPath: history }),
  };
}

async function write(folder: string, comparison: TableComparison): Promise<readonly string[]> {
  const { writeReport } = await import("../drift/write-report.ts");
  return writeReport(folder, comparison);
}
