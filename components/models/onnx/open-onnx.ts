import { join } from "node:path";
import { messageOf } from "../../host/host-error.ts";
import { createDecide, type Prediction } from "../decide.ts";
import { ModelFilesError } from "../errors.ts";
import { misfitOf, type OnnxManifest } from "../manifest.ts";
import type { ModelInput } from "../runtimes/scorer.ts";
import type { ServedModel } from "../served-model.ts";
import { openGraph } from "./graph.ts";

/** The file of a graph where `model.json` names no other. */
export const GRAPH_FILE = "model.onnx";

/**
 * Opens the graph of a model directory.
 * @throws ModelFilesError when ONNX Runtime is not installed or does not take the file, and when graph and `model.json` do not fit
 */
export async function openOnnx(directory: string, manifest: OnnxManifest): Promise<ServedModel> {
  const { file = GRAPH_FILE } = manifest.graph ?? {};
  const answers = { ...manifest, link: "identity" } as const;
  try {
    const { readsText, scores, outputs, run } = await openGraph(join(directory, file), manifest);
    const misfit = misfitOf(answers, outputs, scores);
    if (misfit !== undefined) throw new Error(`does not fit model.json: ${misfit}`);
    const decide = createDecide(answers, "float64");
    const predictAll = async (inputs: readonly ModelInput[]): Promise<readonly Prediction[]> =>
      (await run(inputs)).map(decide.prediction);
    return {
      ...{ manifest, readsText, predictAll, valuesAll: run },
      predict: async (input) => (await predictAll([input]))[0] as Prediction,
    };
  } catch (error) {
    const reason = messageOf(error).replaceAll(/\s+/g, " ");
    throw new ModelFilesError(`cannot load model ${directory}: ${file}: ${reason}`, { cause: error });
  }
}
