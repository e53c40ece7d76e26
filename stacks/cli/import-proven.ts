import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { writeAtomic } from "../../components/host/atomic-file.ts";
import { messageOf } from "../../components/host/host-error.ts";
import {
  type CopyProof,
  compareCopy,
  describeOnnx,
  type ImportSettings,
  importModel,
  type Library,
  parseSamples,
  TOLERANCE,
} from "../../components/models/import/index.ts";
import { createModel } from "../../components/models/load-model.ts";
import { modelManifest } from "../../components/models/manifest.ts";
import { openModel, served } from "../../components/models/open-model.ts";
import type { ServedModel } from "../../components/models/served-model.ts";
import { exitCodes, Failure, usageFailure } from "./failure.ts";

/** What is made, of what is proven by. */
export interface ImportPlan {
  readonly to: string;
  readonly samples: string;
  readonly labels?: readonly string[];
  readonly inputs?: readonly string[];
}

/** What is written, and what answers from it. */
interface Made {
  readonly model: ServedModel;
  /** By name. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly ownLabels: readonly string[];
}

/**
 * Writes the files of a model once the copy has answered every sample as the library did.
 * @throws Failure when a file cannot be read, and when an answer differs; nothing is written then
 */
export async function importProven(library: Library | "onnx", file: string, plan: ImportPlan): Promise<CopyProof> {
  const version = basename(resolve(plan.to))
    .replaceAll(/[^\w.-]+/g, "-")
    .slice(0, 64);
  const settings = { ...plan, name: library, version };
  const made = await reading(file, (content) =>
    library === "onnx" ? ofGraph(file, content, settings) : ofWeights(library, content, settings),
  );
  const comparison = await reading(plan.samples, (content) =>
    compareCopy(made.model, parseSamples(content.toString("utf8")), made.ownLabels),
  );
  const { rows, labelsThatDiffer, worst, firstRow } = comparison;
  if (labelsThatDiffer > 0 || worst > TOLERANCE) {
    throw new Failure(
      exitCodes.error,
      `The copy does not answer as ${library === "onnx" ? "the samples say" : `${library} did`}: of ${rows} rows ${labelsThatDiffer} labels differ (allowed: 0), and the worst number is ${worst.toExponential(1)} off (allowed: ${TOLERANCE}); the first is row ${firstRow} of ${plan.samples}. Nothing was written. Were the samples made with this very model?`,
      { facts: { ...comparison } },
    );
  }
  mkdirSync(plan.to, { recursive: true });
  for (const [name, content] of Object.entries(made.files)) writeAtomic(join(plan.to, name), content);
  return comparison;
}

const asText = (manifest: unknown): string => `${JSON.stringify(manifest, undefined, 2)}\n`;

function ofWeights(library: Library, content: Buffer, settings: ImportSettings): Made {
  const { manifest, weights, ownLabels } = importModel(library, content, settings);
  const model = served(createModel(modelManifest.parse(manifest), weights));
  return {
    model,
    ownLabels,
    files: { "weights.json": `${JSON.stringify(weights)}\n`, "model.json": asText(manifest) },
  };
}

/** The graph is asked where it stands alone, as it will be served. */
async function ofGraph(file: string, content: Buffer, settings: ImportSettings): Promise<Made> {
  const manifest = await describeOnnx(resolve(file), settings);
  const files = { "model.onnx": content, "model.json": asText(manifest) };
  const alone = mkdtempSync(join(tmpdir(), "mlc-import-"));
  try {
    for (const [name, each] of Object.entries(files)) writeFileSync(join(alone, name), each);
    return { model: await openModel(alone), ownLabels: [], files };
  } catch (error) {
    throw new Error(`it does not open where it stands alone: ${messageOf(error)}`, { cause: error });
  } finally {
    rmSync(alone, { recursive: true });
  }
}

async function reading<T>(file: string, use: (content: Buffer) => T | Promise<T>): Promise<T> {
  try {
    return await use(readFileSync(file));
  } catch (error) {
    throw usageFailure(`${file}: ${messageOf(error).replaceAll(/\s+/g, " ")}.`);
  }
}
