import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadModel, type Model } from "../../../components/models/load-model.ts";
import {
  type Applicant,
  createApplicant,
  defaultProbability,
} from "../../../examples/credit-scoring-canary/training/applicants.ts";
import { auc } from "../../../examples/credit-scoring-canary/training/auc.ts";
import {
  type TrainedVersion,
  trainCredit,
  type VersionName,
  versionNames,
  warehouseUnits,
} from "../../../examples/credit-scoring-canary/training/train.ts";
import { createRandom } from "../../../examples/stage/random.ts";
import { repository } from "../../support/project.ts";

const files = ["golden.jsonl", "model.json", "weights.json"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mlc-credit-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const bytesOf = (directory: string): readonly string[] =>
  versionNames.flatMap((name) => files.map((file) => readFileSync(join(directory, name, file), "utf8")));

function drawApplicants(seed: number, count: number): readonly Applicant[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => createApplicant(random));
}

test("the same seed writes the same bytes, another seed other weights", () => {
  const [first, again, other] = ["first", "again", "other"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  trainCredit(first, { seed: 11 });
  trainCredit(again, { seed: 11 });
  trainCredit(other, { seed: 12 });
  expect(readdirSync(first).sort()).toEqual([...versionNames]);
  for (const name of versionNames) expect(readdirSync(join(first, name)).sort()).toEqual(files);
  expect(bytesOf(again)).toEqual(bytesOf(first));
  expect(bytesOf(other)).not.toEqual(bytesOf(first));
});

test("applicants default as often as their applications say, whoever they are", () => {
  const applicants = drawApplicants(5, 20_000);
  const expected = applicants.reduce((sum, { application }) => sum + defaultProbability(application), 0);
  const spread = applicants.reduce((sum, { application }) => {
    const p = defaultProbability(application);
    return sum + p * (1 - p);
  }, 0);
  const seen = applicants.filter(({ defaulted }) => defaulted).length;
  // Five standard deviations of a sum of as many draws.
  expect(Math.abs(seen - expected)).toBeLessThan(5 * Math.sqrt(spread));
});

describe.each([1, 2, 3, 7])("trained from seed %i", (seed) => {
  let trained: ReadonlyMap<VersionName, TrainedVersion>;
  let live: readonly Applicant[];
  beforeAll(() => {
    trained = new Map(trainCredit(join(folder, `seed-${seed}`), { seed }).map((version) => [version.name, version]));
    live = drawApplicants(seed + 1_000, 20_000);
  });

  const versionOf = (name: VersionName): { readonly model: Model; readonly directory: string } => {
    const { directory = "" } = trained.get(name) ?? {};
    return { model: loadModel(directory), directory };
  };
  const approvalsOf = (name: VersionName): number => {
    const { model } = versionOf(name);
    return (
      live.filter(({ application }) => model.predict({ features: application }).label === "approved").length /
      live.length
    );
  };

  test("offline v2 is better than v1, approves as many, and is all that v3 is", () => {
    const [v1, v2, v3] = versionNames.map((name) => trained.get(name)?.metrics);
    expect((v2?.auc ?? 0) - (v1?.auc ?? 1)).toBeGreaterThan(0.01);
    expect(Math.abs((v2?.approvalRate ?? 0) - (v1?.approvalRate ?? 1))).toBeLessThan(0.015);
    expect(v3).toEqual(v2);
  });

  test("on what applications say v2 declines every third applicant more than v1, and v3 as many as v1", () => {
    const [v1, v2, v3] = versionNames.map(approvalsOf) as [number, number, number];
    expect(v1 - v2).toBeGreaterThan(0.3);
    expect(Math.abs(v3 - v1)).toBeLessThan(0.015);
  });

  test("v3 is v2 told the income of a year", () => {
    const [{ model: v2 }, { model: v3 }] = [versionOf("v2"), versionOf("v3")];
    for (const { application } of live.slice(0, 2_000)) {
      expect(v3.predict({ features: application })).toEqual(v2.predict({ features: warehouseUnits(application) }));
    }
  });

  test("v3 ranks live applicants better than v1, v2 worse", () => {
    const areas = versionNames.map((name) => {
      const { model } = versionOf(name);
      return auc(
        live.map(({ application, defaulted }) => ({ ...model.predict({ features: application }), event: defaulted })),
      );
    }) as [number, number, number];
    expect(areas[2]).toBeGreaterThan(areas[0]);
    expect(areas[1]).toBeLessThan(areas[0]);
  });

  test.each(versionNames)(
    "%s passes the checks of its own golden requests, and its metrics stand in its manifest",
    (name) => {
      const { model, directory } = versionOf(name);
      const lines = readFileSync(join(directory, "golden.jsonl"), "utf8").trimEnd().split("\n");
      const golden = lines.map((line): GoldenLine => JSON.parse(line));
      const isRight = ({ input, label, expect: exactly }: GoldenLine): boolean =>
        model.predict(input).label === (exactly?.label ?? label);
      const certain = golden.filter((line) => line.expect !== undefined);
      const labelled = golden.filter((line) => line.label !== undefined);
      expect([certain.length, labelled.length]).toEqual([2, 200]);
      expect(certain.every(isRight)).toBe(true);
      expect(labelled.filter(isRight).length / labelled.length).toBeGreaterThanOrEqual(0.7);
      expect(model.manifest.metrics).toEqual(trained.get(name)?.metrics);
    },
  );
});

interface GoldenLine {
  readonly input: { readonly features: object };
  readonly label?: string;
  readonly expect?: { readonly label: string };
}

test("the README's figures are those of the seed that the example is played with", () => {
  const page = readFileSync(join(repository, "examples/credit-scoring-canary/README.md"), "utf8");
  const live = drawApplicants(1_007, 20_000);
  const cells = trainCredit(join(folder, "readme"), { seed: 7 }).map(({ directory, metrics }) => {
    const model = loadModel(directory);
    const approved = live.filter(({ application }) => model.predict({ features: application }).label === "approved");
    const share = (rate: number): string => `${(rate * 100).toFixed(1)} %`;
    return [metrics.auc.toFixed(3), share(metrics.approvalRate), share(approved.length / live.length)].join(" | ");
  });
  for (const row of cells) expect(page.replaceAll(/ +\|/g, " |")).toContain(row);
});
