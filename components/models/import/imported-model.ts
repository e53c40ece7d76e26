import { ModelFilesError } from "../errors.ts";
import type { ModelManifest } from "../manifest.ts";

/** What another library's file becomes. */
export interface ImportedModel {
  /** `model.json`. */
  readonly manifest: ModelManifest;
  /** `weights.json`. */
  readonly weights: Readonly<Record<string, unknown>>;
  /** The library's names of the classes in their order; `manifest` has those that were given. */
  readonly ownLabels: readonly string[];
}

/** What the file of a library does not hold, or not as it is wanted. */
export interface ImportSettings {
  /** What the model is called in `model.json`. */
  readonly name: string;
  readonly version: string;
  /** Names of the columns in their order. @default those of the file */
  readonly inputs?: readonly string[];
  /** Names of the classes in their order. @default "0", "1", …; "value" for an amount */
  readonly labels?: readonly string[];
}

/** What every imported model says of itself. */
export const factsOf = ({ name, version }: ImportSettings): Facts => ({
  name,
  version,
  outputs: { label: "label", score: "score" },
  metrics: {},
});

type Facts = Pick<ModelManifest, "name" | "version" | "outputs" | "metrics">;

/** `0.5` is answered with the first label by these libraries: what follows it is the least that is answered with the second. */
export const ABOVE_HALF: number = 0.5 + Number.EPSILON / 2;

/** The names of the columns: those that were given, those of the file as far as they can be one, or numbers. */
export function inputsOf(
  given: readonly string[] | undefined,
  named: readonly string[],
  columns: number,
): readonly string[] {
  const names =
    given ??
    (named.length > 0 ? named.map((name) => name.replaceAll(/[^\w.-]+/g, "_").slice(0, 64)) : numbered(columns));
  if (names.length === columns) return names;
  throw new ModelFilesError(
    `--inputs has ${names.length} names; the model has ${columns} columns: name each, in their order`,
  );
}

const numbered = (columns: number): readonly string[] => Array.from({ length: columns }, (_, column) => `f${column}`);

/** The names of the classes: those that were given, or their numbers. */
export function labelsOf(given: readonly string[] | undefined, classes: number): readonly string[] {
  const labels = given ?? (classes === 1 ? ["value"] : Array.from({ length: classes }, (_, each) => String(each)));
  if (labels.length === classes) return labels;
  const what =
    classes === 1
      ? "the model answers an amount: name it with one"
      : `the model has ${classes} classes: name each, in their order`;
  throw new ModelFilesError(`--labels has ${labels.length} names; ${what}`);
}
