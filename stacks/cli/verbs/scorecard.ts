import { problemsFailure } from "../failure.ts";
import type { StackOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface ScorecardOptions extends StackOptions {
  readonly html?: string;
  /** @default [] */
  readonly ignore?: readonly string[];
}

/** Scores a portfolio of models and advises on each. Reads a file; needs no stack and no engine, and changes nothing. */
export const scorecard: Verb<ScorecardOptions> = {
  usage: "scorecard <file>",
  summary: "how the models of a portfolio stand, and which to retire, deprecate, consolidate, fix or keep",
  description:
    "Reads a row for each model and quarter (.csv, .tsv, .json, .jsonl, .ndjson, .parquet): value, target, cost, requests, errors and more, as far as they are known. Says how healthy each model is and what is advised, with reasons and the saving. Changes nothing.",
  example: "mlc scorecard portfolio.csv --html scorecard.html",
  options: [
    { flags: "--html <file>", description: "write a page for those who decide: one file, without a script" },
    { flags: "--ignore <column>", description: "not looked at; may be repeated", repeated: true },
  ],
  arguments: async () => (await import("../tables/read-table.ts")).tableFiles(),
  async run(terminal, { args: [file = ""], options: { html, ignore = [] } }) {
    const { readTable } = await import("../tables/read-table.ts");
    const { readPortfolio } = await import("../scorecard/read-portfolio.ts");
    const read = await terminal.during("reading", readTable(file, ignore));
    const portfolio = "table" in read ? readPortfolio(read.table, ignore) : read;
    if ("problems" in portfolio) throw problemsFailure(portfolio.problems, "The portfolio");
    const { scorePortfolio } = await import("../../../components/scorecard/index.ts");
    const { rowFacts } = await import("../scorecard/wording.ts");
    const { renderScorecard } = await import("../scorecard/render-table.ts");
    const { printable } = await import("../printable.ts");
    const { currency, notUsed } = portfolio;
    const card = scorePortfolio(portfolio.models);
    terminal.say(renderScorecard(card, currency, terminal.paint));
    if (notUsed.length > 0) terminal.say(`Not used: ${notUsed.map(printable).join(", ")}.`);
    if (html !== undefined) {
      const { replaceFile } = await import("../file-writer.ts");
      const { renderPage } = await import("../scorecard/render-page.ts");
      replaceFile(terminal, html, renderPage(card, currency));
    }
    const { quarter, totals, models } = card;
    return { facts: { file, quarter, currency, totals, models: models.map(rowFacts), notUsed, html: html ?? null } };
  },
};
