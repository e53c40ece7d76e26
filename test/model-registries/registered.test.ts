import { expect, test } from "vitest";
import { registeredIn } from "../../components/model-registries/mlflow/registered.ts";
import { checkRelease, parseRelease } from "../../components/release/index.ts";
import { releaseOf } from "../support/release.ts";

const server = "https://mlflow.example.com";
const modelId = `m-${"1".repeat(32)}`;
const sha256 = "a".repeat(64);

const mlflow = (more: object = { modelId, from: "models:/sentiment@champion" }) => ({
  source: { kind: "mlflow", server, sha256, ...more },
});
const path = { source: { kind: "path", path: "models/v1", sha256 } };

const release = (versions: object) => parseRelease(releaseOf({ pins: {}, release: { versions } }));
const none = { registered: {} };

test("server, model and id come from the versions themselves", () => {
  expect(registeredIn(release({ v1: mlflow() }), none)).toEqual({
    server,
    model: "sentiment",
    versions: { v1: { modelId } },
  });
});

test("a model from before models had ids is known by the number in its reference", () => {
  const artifacts = { artifacts: "mlflow-artifacts:/0/run1/artifacts/model", from: "models:/sentiment/7" };
  expect(registeredIn(release({ v1: mlflow(artifacts) }), none)).toMatchObject({ versions: { v1: { number: "7" } } });
});

test("what is not from MLflow takes a number, and the program says where", () => {
  const settings = { server, model: "sentiment", registered: { v1: "3" } };
  expect(registeredIn(release({ v1: path }), settings)).toEqual({
    server,
    model: "sentiment",
    versions: { v1: { number: "3" } },
  });
});

test("everything that keeps it from being told is told at once", () => {
  const versions = { v1: path, v2: mlflow({ artifacts: "mlflow-artifacts:/0/a/b", from: "models:/one@champion" }) };
  const other = { v3: mlflow({ modelId, from: "models:/two/4", server: "https://other.example.com" }) };
  const cure = (name: string) =>
    `Register ${name} in MLflow and write its number: modelRegistry: { registered: { ${name}: "7" } }.`;
  const allowed = "what is registered in MLflow: kind mlflow with its modelId, or a number in modelRegistry.registered";
  expect(registeredIn(release({ ...versions, ...other }), { registered: { v9: "1" } })).toEqual({
    problems: [
      {
        path: "model-lifecycle:release.modelRegistry.server",
        seen: `nothing, and the versions tell ${server} and https://other.example.com`,
        allowed: "one tracking server",
        cure: "Write server.",
      },
      {
        path: "model-lifecycle:release.modelRegistry.model",
        seen: "nothing, and the versions tell one and two",
        allowed: "one registered model",
        cure: "Write model.",
      },
      {
        path: "model-lifecycle:release.modelRegistry.registered.v9",
        seen: "a version that is not in versions",
        allowed: "versions of the release",
        cure: "Take it out, or add v9 to versions.",
      },
      { path: "model-lifecycle:release.versions.v1.source", seen: 'kind "path"', allowed, cure: cure("v1") },
      {
        path: "model-lifecycle:release.versions.v2.source",
        seen: "mlflow without modelId, and from names no number",
        allowed,
        cure: cure("v2"),
      },
    ],
  });
});

test("two versions cannot share an alias", () => {
  const modelRegistry = { kind: "mlflow", candidateAlias: "champion" };
  expect(checkRelease(releaseOf({ pins: { v1: sha256 }, release: { modelRegistry } }))).toEqual([
    {
      path: "model-lifecycle:release.modelRegistry.candidateAlias",
      seen: '"champion", which is stable\'s',
      allowed: "an alias of its own",
      cure: "Name another.",
    },
  ]);
});
