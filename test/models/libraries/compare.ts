import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type CopyProof,
  compareCopy,
  exporters,
  importModel,
  type Library,
  parseSamples,
} from "../../../components/models/import/index.ts";
import { createModel } from "../../../components/models/load-model.ts";
import { modelManifest } from "../../../components/models/manifest.ts";
import { served } from "../../../components/models/open-model.ts";
import { pythonOf } from "../../support/python.ts";

const here = import.meta.dirname;

/** Trains a model of each kind with the real libraries, imports each, and asks the copy what the library was asked. */
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
  const library = readFileSync(path.join(folder, "library"), "utf8") as Library;
  const content = readFileSync(path.join(folder, library === "lightgbm" ? "model.txt" : "model.json"));
  const { manifest, weights } = importModel(library, content, { name: library, version: "1" });
  const model = served(createModel(modelManifest.parse(manifest), weights));
  return compareCopy(model, parseSamples(readFileSync(path.join(folder, "samples.jsonl"), "utf8")));
}
