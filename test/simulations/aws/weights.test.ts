import { expect, test } from "vitest";
import { createConfiguration } from "../../../components/simulations/aws/account/sagemaker/configuration.ts";
import {
  createEndpoint,
  deleteEndpoint,
  updateEndpoint,
} from "../../../components/simulations/aws/account/sagemaker/endpoint.ts";
import { Account, endpointNamed, rollWeightsBack, updateWeights } from "../../../components/simulations/aws/index.ts";

const variant = (variantName: string, initialVariantWeight: number, image = "registry.example/churn:1") => ({
  variantName,
  modelName: image,
  initialVariantWeight,
  initialInstanceCount: 1,
  isServerless: false,
});

/** An account with an endpoint `churn` in service: blue 100, green 0. */
function served(off: readonly string[] = []): Account {
  const account = new Account({ off: ["role-is-assumed", "model-exists", ...off] });
  for (const image of ["registry.example/churn:1", "registry.invalid/churn:1"]) {
    account.holdings.models[image] = { name: image, executionRoleArn: "", containers: [{ image }] };
  }
  createConfiguration(account, { name: "one", variants: [variant("blue", 100), variant("green", 0)], shadows: [] });
  createEndpoint(account, "churn", "one");
  expect(endpointNamed(account, "churn")).toMatchObject({ status: "Creating", variants: [] });
  account.advance(210);
  return account;
}

const seen = (account: Account) => {
  const { status, configName, variants = [] } = endpointNamed(account, "churn") ?? {};
  return [status, configName, variants.map(({ currentWeight, desiredWeight }) => [currentWeight, desiredWeight])];
};

test("a weight is desired at once and there a while later, without another fleet", () => {
  const account = served();
  expect(seen(account)).toEqual([
    "InService",
    "one",
    [
      [100, 100],
      [0, 0],
    ],
  ]);
  updateWeights(account, "churn", [{ name: "green", weight: 10 }]);
  expect(seen(account)).toEqual([
    "Updating",
    "one",
    [
      [100, 100],
      [0, 10],
    ],
  ]);
  account.advance(29);
  expect(seen(account)[0]).toBe("Updating");
  account.advance(1);
  expect(seen(account)).toEqual([
    "InService",
    "one",
    [
      [100, 100],
      [10, 10],
    ],
  ]);
});

test("no weights are changed while something goes on, of a variant that is not there, or below 0", () => {
  const account = served();
  expect(() => updateWeights(account, "churn", [{ name: "red", weight: 1 }])).toThrow(
    'The variant name(s) "red" is/are not present within endpoint configuration "one".',
  );
  expect(() => updateWeights(account, "churn", [{ name: "blue", weight: -1 }])).toThrow(
    'Weight and instance count of variant "blue" must be at least 0.',
  );
  updateWeights(account, "churn", [{ name: "blue", instanceCount: 3 }]);
  expect(() => updateWeights(account, "churn", [{ name: "green", weight: 1 }])).toThrow(
    "Cannot update in-progress endpoint",
  );
  expect(() => updateEndpoint(account, "churn", "one")).toThrow("Cannot update in-progress endpoint");
});

test("a change of weights that is rolled back leaves what was there, and blocks meanwhile", () => {
  const account = served();
  updateWeights(account, "churn", [{ name: "green", weight: 10 }]);
  rollWeightsBack(account, "churn");
  expect(seen(account)).toEqual([
    "RollingBack",
    "one",
    [
      [100, 100],
      [0, 0],
    ],
  ]);
  expect(() => updateWeights(account, "churn", [{ name: "green", weight: 0 }])).toThrow(
    "Cannot update in-progress endpoint",
  );
  account.advance(120);
  expect(seen(account)).toEqual([
    "InService",
    "one",
    [
      [100, 100],
      [0, 0],
    ],
  ]);
});

test("a deployment whose container does not start leaves what serves, and says why", () => {
  const account = served();
  createConfiguration(account, {
    name: "bad",
    variants: [variant("blue", 100, "registry.invalid/churn:1")],
    shadows: [],
  });
  updateEndpoint(account, "churn", "bad");
  account.advance(210);
  expect(endpointNamed(account, "churn")).toMatchObject({
    status: "InService",
    configName: "one",
    failureReason: "The primary container for production variant blue did not pass the ping health check.",
  });
  createEndpoint(account, "second", "bad");
  account.advance(210);
  expect(endpointNamed(account, "second")?.status).toBe("Failed");
  expect(() => updateEndpoint(account, "second", "one")).toThrow("Cannot update failed endpoint");
});

test("an endpoint that is deleted keeps its name until it is gone", () => {
  const account = served();
  deleteEndpoint(account, "churn");
  expect(() => createEndpoint(account, "churn", "one")).toThrow("Cannot create already existing endpoint");
  account.advance(60);
  createEndpoint(account, "churn", "one");
});

test("weights-reset: a deployment brings the configuration's weights and counts back, and keeps them without the rule", () => {
  for (const [off, expected] of [
    [[], [100, 0, 1]],
    [["weights-reset"], [50, 50, 4]],
  ] as const) {
    const account = served(off);
    updateWeights(account, "churn", [
      { name: "blue", weight: 50, instanceCount: 4 },
      { name: "green", weight: 50 },
    ]);
    account.advance(30);
    updateEndpoint(account, "churn", "one");
    account.advance(210);
    const variants = endpointNamed(account, "churn")?.variants ?? [];
    expect([...variants.map(({ currentWeight }) => currentWeight), variants[0]?.currentInstanceCount]).toEqual(
      expected,
    );
  }
});
