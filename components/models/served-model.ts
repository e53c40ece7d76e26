import type { Prediction } from "./decide.ts";
import type { ModelManifest } from "./manifest.ts";
import type { ModelInput } from "./runtimes/scorer.ts";

/** A model as a server asks it: at once, or in its own time. Everything throws, or is rejected with, what `Model.predict` throws. */
export interface ServedModel {
  readonly manifest: ModelManifest;
  /** It reads one text; all others read named numbers. */
  readonly readsText: boolean;
  predict(input: ModelInput): Prediction | Promise<Prediction>;
  /** The same for many; others are answered in between. */
  predictAll(inputs: readonly ModelInput[]): readonly Prediction[] | Promise<readonly Prediction[]>;
  /** All that the answers are made of: one number, or one for each label. */
  valuesAll(inputs: readonly ModelInput[]): readonly (readonly number[])[] | Promise<readonly (readonly number[])[]>;
}
