import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import {
  type JudgedDocument,
  parseEvidence,
  renderPicture,
  verifyEvidence,
} from "../../../components/evidence/index.ts";
import { hashDirectory } from "../../../components/sources/index.ts";
import { trainCredit } from "../../../examples/credit-scoring-canary/training/train.ts";
import { repository } from "../../support/project.ts";

// Of one run of the example: `npm run example:credit -- --out examples/credit-scoring-canary/evidence` writes it again.
const fileOf = (name: string): string => path.join(repository, "examples/credit-scoring-canary/evidence", name);

function documentOf(version: string): JudgedDocument {
  const parsed = parseEvidence(readFileSync(fileOf(`${version}.json`), "utf8"));
  if (parsed.document === undefined) throw new Error(JSON.stringify(parsed.problems));
  return parsed;
}

test.each([
  ["v2", "rollback", "approvalRate"],
  ["v3", "promote", undefined],
])("the evidence of %s that the README shows says %s when it is judged again", (version, decision, culprit) => {
  const { document, verdict } = documentOf(version);
  expect(verifyEvidence(document, verdict).fields.filter(({ same }) => !same)).toEqual([]);
  expect([verdict.verdict, verdict.evidence.culprit?.guard]).toEqual([decision, culprit]);
});

test.each(["v2", "v3"])(
  "the picture of %s is that of its document (npx vitest run test/examples -u)",
  async (version) => {
    await expect(renderPicture(documentOf(version).document)).toMatchFileSnapshot(fileOf(`${version}.svg`));
  },
);

test("it is evidence of the very models that the example trains", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-credit-"));
  try {
    const hashes = trainCredit(folder, { seed: 7 }).map(async ({ name, directory }) => [
      name,
      await hashDirectory(directory),
    ]);
    const contents = Object.fromEntries(await Promise.all(hashes));
    for (const version of ["v2", "v3"]) expect(documentOf(version).document.rollout.contents).toEqual(contents);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
