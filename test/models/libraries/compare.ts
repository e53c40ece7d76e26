import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type CopyProof,
  compareCopy,
  describeOnnx,
  exporters,
  importModel,
  type Library,
  parseSamples,
} from "../../../components/models/import/index.ts";
import { createModel } from "../../../components/models/load-model.ts";
import { modelManifest } from "../../../components/models/manifest.ts";
import { openModel, served } from "../../../components/models/open-model.ts";
import type { ServedModel } from "../../../components/models/served-model.ts";
import { checkFormats } from "../../../components/sources/formats/format-problems.ts";
import { pythonOf } from "../../support/python.ts";

const here = import.meta.dirname;

/**
 * Trains a model of each kind with the real libraries, imports each, and asks the copy what the library was asked. Graphs that
 * skl2onnx wrote answer in ONNX Runtime: labels are always compared with scikit-learn's; numbers are too where the graph computes in
 * 64 bits, and in 32 with what ONNX Runtime answers in Python.
 */
export async function compareAll(rows: number): Promise<ReadonlyMap<string, CopyProof>> {
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-libraries-"));
  try {
    writeFileSync(path.join(folder, "export_sklearn.py"), exporters.sklearn);
    writeFileSync(path.join(folder, "samples_xgboost.py"), exporters.xgboost);
    writeFileSync(path.join(folder, "samples_lightgbm.py"), exporters.lightgbm);
    const python = pythonOf(path.join(here, "requirements.txt"));
    const env = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1", OMP_NUM_THREADS: "1" };
    const models = path.join(folder, "models");
    execFileSync(python, [path.join(here, "make.py"), models, String(rows)], { env });
    const names = readdirSync(models).toSorted();
    return new Map(
      await Promise.all(names.map(async (name) => [name, await compareOne(path.join(models, name))] as const)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compareOne(folder: string): Promise<CopyProof> {
  const library = readFileSync(path.join(folder, "library"), "utf8") as Library | "onnx";
  const model = library === "onnx" ? await openGraph(folder) : importFile(folder, library);
  return compareCopy(model, parseSamples(readFileSync(path.join(folder, "samples.jsonl"), "utf8")));
}

function importFile(folder: string, library: Library): ServedModel {
  const content = readFileSync(path.join(folder, library === "lightgbm" ? "model.txt" : "model.json"));
  const { manifest, weights } = importModel(library, content, { name: library, version: "1" });
  return served(createModel(modelManifest.parse(manifest), weights));
}

/** As `mlc import onnx` describes it and a server opens it, once its header is let in. */
async function openGraph(folder: string): Promise<ServedModel> {
  const at = path.join(folder, "model.onnx");
  checkFormats(folder, [{ path: "model.onnx", bytes: statSync(at).size, at }], "path");
  const manifest = await describeOnnx(at, { name: "onnx", version: "1" });
  writeFileSync(path.join(folder, "model.json"), JSON.stringify(manifest));
  return openModel(folder);
}
