import { ModelFilesError } from "../errors.ts";
import type { ImportedModel, ImportSettings } from "./imported-model.ts";
import { fromLightgbm } from "./lightgbm.ts";
import { fromSklearn } from "./sklearn.ts";
import { fromXgboost } from "./xgboost.ts";

export { exporters } from "./exporters.ts";
export type { ImportedModel, ImportSettings } from "./imported-model.ts";
export { describeOnnx } from "./onnx.ts";
export { type CopyProof, compareCopy, parseSamples, type Sample, TOLERANCE } from "./prove-copy.ts";

/** The libraries whose files become weights of our format. */
export type Library = "xgboost" | "lightgbm" | "sklearn";

/**
 * Reads a file of a library; nothing of it is run.
 * @throws ModelFilesError in one line
 */
export function importModel(library: Library, content: Buffer, settings: ImportSettings): ImportedModel {
  refusePickle(content);
  if (library === "lightgbm") return fromLightgbm(content.toString("utf8"), settings);
  if (library === "xgboost" && content[0] === 0x7b && (content[1] === 0x4c || content[1] === 0x69)) {
    throw new ModelFilesError('UBJSON is not read; save it once more: `save_model("model.json")`');
  }
  let document: unknown;
  try {
    document = JSON.parse(content.toString("utf8"));
  } catch {
    throw new ModelFilesError(`this is no JSON; ${library} models are read as JSON`);
  }
  return library === "xgboost" ? fromXgboost(document, settings) : fromSklearn(document, settings);
}

/** The first byte of a pickle since protocol 2, of zlib, and of zip, in which joblib and torch put them. */
function refusePickle(content: Buffer): void {
  const isPickle =
    content[0] === 0x80 || content[0] === 0x78 || content.subarray(0, 4).equals(Buffer.from("PK\u0003\u0004"));
  if (!isPickle) return;
  throw new ModelFilesError(
    "this is a pickle or an archive of one, which runs code when it is loaded: it is not read; `mlc import sklearn` without a file prints what writes JSON instead",
  );
}
