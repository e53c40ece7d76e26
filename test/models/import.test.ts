import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { compareCopy, importModel, type Library, parseSamples } from "../../components/models/import/index.ts";
import { createModel, loadModel } from "../../components/models/load-model.ts";
import { modelManifest } from "../../components/models/manifest.ts";
import { served } from "../../components/models/open-model.ts";
import { importProven } from "../../stacks/cli/import-proven.ts";

// Files written by hand after those of XGBoost 3.4 and LightGBM 4.7; the libraries themselves are asked in `npm run test:servers`.
const tree = {
  default_left: [1, 0, 0],
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  split_conditions: [0.7, -0.4, 1.2],
  split_indices: [1, 0, 0],
  split_type: [0, 0, 0],
  tree_param: { size_leaf_vector: "1" },
};
const xgboost = (objective = "binary:logistic", changed: object = {}, learner: object = {}, version = [3, 4, 1]) => ({
  version,
  learner: {
    ...{ attributes: {}, feature_names: ["age (years)", "share"], objective: { name: objective } },
    gradient_booster: { name: "gbtree", model: { tree_info: [0], trees: [{ ...tree, ...changed }] } },
    learner_model_param: { base_score: "[5E-1]", num_class: "0", num_feature: "2", num_target: "1" },
    ...learner,
  },
});
const lightgbm = (
  decisions: string,
  thresholds = "0.5 -1.0000000180025095e-35",
  head = "binary sigmoid:2",
  version = "v4",
) =>
  `tree\nversion=${version}\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=1\nobjective=${head}\nfeature_names=a b\n\n` +
  `Tree=0\nnum_leaves=3\nsplit_feature=0 1\nthreshold=${thresholds}\ndecision_type=${decisions}\nleft_child=1 -1\nright_child=-3 -2\n` +
  "leaf_value=1 2 3\nis_linear=0\n\nend of trees\n";
const settings = { name: "m", version: "1" };
const bytes = (content: unknown): Buffer =>
  Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
const modelOf = (library: Library, content: unknown, more: object = {}) => {
  const { manifest, weights } = importModel(library, bytes(content), { ...settings, ...more });
  return createModel(modelManifest.parse(manifest), weights);
};
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

describe("a model of XGBoost", () => {
  test.each([
    [Math.fround(0.7), 1.2],
    [0.7, 1.2],
    [0.69999, -0.4],
    [null, -0.4],
  ])("sends %d to the leaf %d", (share, leaf) => {
    const model = modelOf("xgboost", xgboost(), { labels: ["no", "yes"] });
    const { label, score } = model.predict({ features: { age_years_: 1, share } });
    expect({ label, score }).toEqual({
      label: leaf > 0 ? "yes" : "no",
      score: Math.fround(logistic(Math.fround(leaf))),
    });
  });

  test("answers 0.5 with the first label, and an amount with its base score on top", () => {
    const half = modelOf("xgboost", xgboost("binary:logistic", { split_conditions: [0.7, 0, 0] }));
    expect(half.predict({ features: { age_years_: 1, share: 1 } })).toEqual({ label: "0", score: 0.5 });
    const amount = modelOf("xgboost", xgboost("reg:squarederror"));
    expect(amount.predict({ features: { age_years_: 1, share: 1 } })).toEqual({
      label: "value",
      score: Math.fround(1.7),
    });
  });
});

describe("a model of LightGBM", () => {
  const score = (a: number | null, b: number | null) =>
    modelOf("lightgbm", lightgbm("8 0")).predict({ features: { a, b } }).score;
  test("asks <=, sends a missing number where training said, and takes one for 0 that it never met", () => {
    expect(score(0.5, -1)).toBe(logistic(2));
    expect(score(0.5000000000000001, -1)).toBe(logistic(6));
    expect(score(null, -1)).toBe(logistic(6));
    expect(score(0, null)).toBe(logistic(4));
  });

  test("takes for 0 what is within 1e-35 of it", () => {
    expect(score(0, -1.0000000180025095e-35)).toBe(logistic(4));
    expect(score(0, -1.0000000180025097e-35)).toBe(logistic(2));
  });
});

describe("a file that is not read says what is", () => {
  test.each<[Library, unknown, string]>([
    ["xgboost", { trees: [] }, "this is no model of XGBoost"],
    ["xgboost", "tree\nversion=v4", "this is no JSON; xgboost models are read as JSON"],
    ["xgboost", "{L\u0000", "UBJSON is not read"],
    ["xgboost", xgboost("rank:ndcg"), "objective rank:ndcg is not read; those that are: binary:logistic"],
    ["xgboost", xgboost("binary:logistic", { split_type: [1, 0, 0] }), "splits on categories are not read"],
    ["xgboost", xgboost("binary:logistic", {}, { gradient_booster: { name: "dart" } }), "booster dart is not read"],
    [
      "xgboost",
      xgboost("binary:logistic", {}, {}, [4, 0, 0]),
      "written by XGBoost 4.0.0; files of 1.x to 3.x are read",
    ],
    ["lightgbm", JSON.stringify(xgboost()), "this is no model of LightGBM"],
    ["lightgbm", lightgbm("8 0", "0.5 1", "lambdarank"), "objective lambdarank is not read"],
    ["lightgbm", lightgbm("9 0"), "splits on categories are not read"],
    ["lightgbm", lightgbm("4 0"), "zeros that stand for missing are not read"],
    [
      "lightgbm",
      lightgbm("8 0", "0.5 1", "binary", "v5"),
      "format v5 of LightGBM is not read; those that are: v2, v3, v4",
    ],
    ["sklearn", { model: 1 }, "this is no export of a scikit-learn model"],
  ])("%s %#", (library, content, problem) => {
    expect(() => modelOf(library, content)).toThrow(problem);
  });

  test.each([[[0x80, 4, 0x95]], [[0x78, 0x9c]], [[0x50, 0x4b, 3, 4]]])(
    "a pickle, which begins with %j, is never loaded",
    (start) => {
      expect(() => importModel("sklearn", Buffer.from(start), settings)).toThrow(
        /runs code when it is loaded: it is not read/,
      );
    },
  );

  test("names that do not fit are counted", () => {
    expect(() => modelOf("xgboost", xgboost(), { inputs: ["a"] })).toThrow(
      "--inputs has 1 names; the model has 2 columns",
    );
    expect(() => modelOf("xgboost", xgboost(), { labels: ["a"] })).toThrow(
      "--labels has 1 names; the model has 2 classes",
    );
  });
});

describe("a copy is written when it is proven", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-import-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => path.join(folder, name);
  writeFileSync(at("model.json"), JSON.stringify(xgboost()));
  const prove = (name: string, label: unknown, output: unknown, more: object = {}) => {
    writeFileSync(at("samples.jsonl"), `${JSON.stringify({ row: [1, 0.7], output, label })}\n`);
    return () => importProven("xgboost", at("model.json"), { to: at(name), samples: at("samples.jsonl"), ...more });
  };

  test("and answers as it did then", async () => {
    expect(await prove("v2", 1, [1 - 0.7685248, 0.7685248])()).toMatchObject({
      rows: 1,
      labelsThatDiffer: 0,
      firstRow: 0,
    });
    expect(JSON.parse(readFileSync(at("v2/model.json"), "utf8"))).toMatchObject({
      name: "xgboost",
      version: "v2",
      precision: "float32",
    });
    expect(loadModel(at("v2")).predict({ features: { age_years_: 1, share: 0.7 } }).label).toBe("1");
  });

  test.each([1, "yes"])("under other names of the classes, whichever the samples have: %j", async (label) => {
    await prove("named", label, [1 - 0.7685248, 0.7685248], { labels: ["no", "yes"] })();
    expect(loadModel(at("named")).predict({ features: { age_years_: 1, share: 0.7 } }).label).toBe("yes");
  });

  test.each([
    ["a label", 0, 0.7685248, /of 1 rows 1 labels differ/],
    ["a number", 1, 0.7685, /the worst number is 2\.5e-5 off \(allowed: 0\.000001\); the first is row 1/],
  ])("and nothing where %s differs", async (name, label, output, problem) => {
    await expect(prove(name, label, output)()).rejects.toThrow(problem);
    expect(existsSync(at(name))).toBe(false);
  });

  test("samples are read to the line", async () => {
    expect(() => parseSamples("\n")).toThrow("there is no sample row");
    expect(() => parseSamples('{"row": [NaN]}')).toThrow("line 1 is no JSON; a missing number is null, not NaN");
    const model = modelOf("xgboost", xgboost());
    await expect(compareCopy(served(model), [{ row: [1], output: 1 }])).rejects.toThrow(
      "row 1 has 1 columns; the model has 2",
    );
  });
});
