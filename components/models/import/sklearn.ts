import { z } from "zod";
import { ModelFilesError } from "../errors.ts";
import { modelManifest } from "../manifest.ts";
import { factsOf, type ImportedModel, type ImportSettings, labelsOf } from "./imported-model.ts";

const exported = z.strictObject({
  format: z.literal("sklearn-export"),
  formatVersion: z.int(),
  sklearn: z.string(),
  manifest: z.looseObject({ inputs: z.array(z.string()), labels: z.array(z.string()) }),
  weights: z.record(z.string(), z.unknown()),
});

const FORMAT_VERSION = 1;

/**
 * A model that the exporter of `mlc import sklearn` has written from a fitted estimator. Pickles and joblib files are not read:
 * loading one runs whatever it says.
 * @throws ModelFilesError in one line, with what is read instead
 */
export function fromSklearn(content: unknown, settings: ImportSettings): ImportedModel {
  const parsed = exported.safeParse(content);
  if (!parsed.success) {
    throw new ModelFilesError(
      "this is no export of a scikit-learn model; `mlc import sklearn` without a file prints what writes one",
    );
  }
  const { manifest, weights, formatVersion } = parsed.data;
  if (formatVersion > FORMAT_VERSION) {
    throw new ModelFilesError(
      `written by a newer exporter (format ${formatVersion}); format ${FORMAT_VERSION} is read: take the exporter of this version`,
    );
  }
  if (settings.inputs !== undefined) {
    throw new ModelFilesError(
      "--inputs does not name the columns of an export; name them there: export(model, X, inputs=[…])",
    );
  }
  const ownLabels = manifest.labels;
  const labels = settings.labels === undefined ? ownLabels : labelsOf(settings.labels, ownLabels.length);
  return { manifest: modelManifest.parse({ ...manifest, ...factsOf(settings), labels }), weights, ownLabels };
}
