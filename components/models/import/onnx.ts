import type { OnnxManifest } from "../manifest.ts";
import { openGraph } from "../onnx/graph.ts";
import { factsOf, type ImportSettings, labelsOf } from "./imported-model.ts";

/**
 * What `model.json` says beside a graph.
 * @param file of the graph
 * @throws Error in one line
 */
export async function describeOnnx(file: string, settings: ImportSettings): Promise<OnnxManifest> {
  const { inputs, outputs } = await openGraph(file, settings);
  const isProbability = outputs === 1 && settings.labels?.length === 2;
  return {
    ...factsOf(settings),
    runtime: "onnx",
    inputs,
    labels: labelsOf(settings.labels, isProbability ? 2 : outputs),
    ...(isProbability && { threshold: 0.5 }),
  };
}
