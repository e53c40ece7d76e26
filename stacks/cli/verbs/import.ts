import { usageFailure } from "../failure.ts";
import type { StackOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface ImportOptions extends StackOptions {
  readonly to?: string;
  readonly samples?: string;
  readonly labels?: string;
  readonly inputs?: string;
}

const sources = ["xgboost", "lightgbm", "sklearn", "onnx"] as const;

/** Makes a model of our format of another library's file, once its answers are proven to be the library's. */
export const importVerb: Verb<ImportOptions> = {
  usage: "import <library> [file]",
  summary: "make a model of a file of xgboost, lightgbm, sklearn or onnx, proven on rows that the library has answered",
  description:
    "Converts a model of XGBoost (JSON), LightGBM (text) or scikit-learn (an export) into model.json and weights.json, or describes an ONNX graph, which is copied as it is. It asks the copy every row of --samples, and writes nothing unless each label is the library's and each number within 1e-6 of it. Without a file it prints the Python that writes the samples, and for sklearn the export. Pickles are not read: loading one runs code.",
  example: "mlc import xgboost model.json --samples samples.jsonl --to models/v2",
  options: [
    { flags: "--to <folder>", description: "the folder of the new version: model.json and weights.json" },
    { flags: "--samples <file>", description: "rows with the library's own answers, a JSON object a line" },
    {
      flags: "--labels <names>",
      description: "names of the classes in their order: no,yes [as an export has them, or 0,1]",
    },
    {
      flags: "--inputs <names>",
      description: "names of the columns in their order: age,income [as the file has them]",
    },
  ],
  arguments: async () => [...sources],
  async run(terminal, { args: [library = "", file], options }) {
    const { exporters } = await import("../../../components/models/import/index.ts");
    const source = sources.find((each) => each === library);
    if (source === undefined) throw usageFailure(`${library} is not read; what is: ${sources.join(", ")}.`);
    if (file === undefined) {
      terminal.say(exporters[source].trimEnd());
      return { facts: { library, exporter: exporters[source] } };
    }
    if (options.to === undefined || options.samples === undefined) {
      throw usageFailure(
        `Missing ${[options.to ?? "--to <folder>", options.samples ?? "--samples <file>"].filter((each) => each.startsWith("--")).join(" and ")}. \`mlc import ${library}\` prints what writes the samples.`,
      );
    }
    const { importProven } = await import("../import-proven.ts");
    const { to, samples, labels, inputs } = options;
    const { rows, worst } = await importProven(source, file, {
      ...{ to, samples },
      ...(labels === undefined ? {} : { labels: labels.split(",") }),
      ...(inputs === undefined ? {} : { inputs: inputs.split(",") }),
    });
    terminal.say(
      `${terminal.paint("green", "✓")} ${to}: ${rows} rows answered as ${source === "onnx" ? "the samples say" : `${source} did`}, the worst number ${worst.toExponential(1)} off.`,
    );
    return { facts: { library, file, to, rows, worst } };
  },
};
