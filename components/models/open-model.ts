import { loadModel, type Model, readManifest } from "./load-model.ts";
import { readsText } from "./manifest.ts";
import type { ModelInput } from "./runtimes/scorer.ts";
import type { ServedModel } from "./served-model.ts";

/**
 * Reads a model directory, whatever its runtime, and makes it ready to answer.
 * @throws ModelFilesError in one line, naming the directory, the file and the field
 */
export async function openModel(directory: string): Promise<ServedModel> {
  const manifest = readManifest(directory);
  if (manifest.runtime === "onnx") return (await import("./onnx/open-onnx.ts")).openOnnx(directory, manifest);
  return served(loadModel(directory, manifest));
}

/** A model that answers at once, as a server asks it. */
export const served = (model: Model): ServedModel => ({
  manifest: model.manifest,
  readsText: readsText(model.manifest),
  predict: model.predict,
  predictAll: (inputs) => inSlices(inputs, model.predict),
  valuesAll: (inputs) => inputs.map(model.values),
});

/** How long many inputs are worked on before others are looked after, in ms. */
const SLICE_MS = 10;

/** At once where that is soon done. */
function inSlices<Answer>(
  inputs: readonly ModelInput[],
  ask: (input: ModelInput) => Answer,
): readonly Answer[] | Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const work = (): boolean => {
    const until = performance.now() + SLICE_MS;
    while (answers.length < inputs.length) {
      answers.push(ask(inputs[answers.length] as ModelInput));
      if (performance.now() >= until) break;
    }
    return answers.length === inputs.length;
  };
  const finish = async (): Promise<readonly Answer[]> => {
    do await new Promise((next) => setImmediate(next));
    while (!work());
    return answers;
  };
  return work() ? answers : finish();
}
