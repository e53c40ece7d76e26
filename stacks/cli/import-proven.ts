import { mkdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { writeAtomic } from "../../components/host/atomic-file.ts";
import { messageOf } from "../../components/host/host-error.ts";
import {
  type CopyProof,
  compareCopy,
  importModel,
  type Library,
  parseSamples,
  TOLERANCE,
} from "../../components/models/import/index.ts";
import { createModel } from "../../components/models/load-model.ts";
import { modelManifest } from "../../components/models/manifest.ts";
import { exitCodes, Failure, usageFailure } from "./failure.ts";

/** What is made, of what is proven by. */
export interface ImportPlan {
  readonly to: string;
  readonly samples: string;
  readonly labels?: readonly string[];
  readonly inputs?: readonly string[];
}

/**
 * Writes `model.json` and `weights.json` once the copy has answered every sample as the library did.
 * @throws Failure when a file cannot be read, and when an answer differs; nothing is written then
 */
export function importProven(library: Library, file: string, plan: ImportPlan): CopyProof {
  const version = basename(resolve(plan.to))
    .replaceAll(/[^\w.-]+/g, "-")
    .slice(0, 64);
  const settings = { ...plan, name: library, version };
  const imported = reading(file, (content) => importModel(library, content, settings));
  const model = reading(file, () => createModel(modelManifest.parse(imported.manifest), imported.weights));
  const comparison = reading(plan.samples, (content) =>
    compareCopy(model, parseSamples(content.toString("utf8")), imported.ownLabels),
  );
  const { rows, labelsThatDiffer, worst, firstRow } = comparison;
  if (labelsThatDiffer > 0 || worst > TOLERANCE) {
    throw new Failure(
      exitCodes.error,
      `The copy does not answer as ${library} did: of ${rows} rows ${labelsThatDiffer} labels differ (allowed: 0), and the worst number is ${worst.toExponential(1)} off (allowed: ${TOLERANCE}); the first is row ${firstRow} of ${plan.samples}. Nothing was written. Were the samples made with this very model?`,
      { facts: { ...comparison } },
    );
  }
  mkdirSync(plan.to, { recursive: true });
  writeAtomic(join(plan.to, "weights.json"), `${JSON.stringify(imported.weights)}\n`);
  writeAtomic(join(plan.to, "model.json"), `${JSON.stringify(imported.manifest, undefined, 2)}\n`);
  return comparison;
}

function reading<T>(file: string, use: (content: Buffer) => T): T {
  try {
    return use(readFileSync(file));
  } catch (error) {
    throw usageFailure(`${file}: ${messageOf(error).replaceAll(/\s+/g, " ")}.`);
  }
}
