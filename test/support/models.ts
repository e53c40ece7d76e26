import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hashDirectory } from "../../components/sources/index.ts";
import { trainSentiment } from "../../examples/sentiment-api/training/train.ts";

/** Trains the example's versions into `<project>/models` and says their pins. */
export async function trainInto(projectDir: string): Promise<Readonly<Record<string, string>>> {
  const scratch = mkdtempSync(path.join(tmpdir(), "mlc-models-"));
  try {
    const trained = trainSentiment(scratch, { seed: 7 });
    cpSync(scratch, path.join(projectDir, "models"), { recursive: true });
    const pins = trained.map(async ({ name }) => [name, await hashDirectory(path.join(scratch, name))] as const);
    return Object.fromEntries(await Promise.all(pins));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
