import { afterEach, beforeEach, expect, test } from "vitest";
import { endpointNamed } from "../../../../components/simulations/aws/index.ts";
import { type Rehearsal, rehearse } from "../rehearsal.ts";

// Deliberately naive programs of the real SDK under the real engine. With the rule they fail, without it they pass.

let stage: Rehearsal;
beforeEach(async () => {
  stage = await rehearse();
});
afterEach(() => stage[Symbol.asyncDispose]());

const live = () => stage.account((account) => endpointNamed(account, "churn"));
const weights = () => live()?.variants.map(({ currentWeight }) => currentWeight);

const served = (configuration: string, deploymentConfig = "undefined") => `const churn = model("churn");
const configuration = new aws.sagemaker.EndpointConfiguration("churn", ${configuration});
new aws.sagemaker.Endpoint("churn", { name: "churn", endpointConfigName: configuration.name, deploymentConfig: ${deploymentConfig} });`;

test("same-name-starts-nothing: a configuration with a name of its own changes, and nobody is told", async () => {
  const program = (weight: number) =>
    served(
      `{ name: "churn", productionVariants: [variant("blue", churn.name, 100), variant("green", churn.name, ${weight})] }`,
    );
  expect((await stage.up(program(0))).code).toBe(0);
  const gap = await stage.up(program(10));
  expect([gap.code, gap.lines], gap.output).toEqual([
    0,
    [
      "create-replacement EndpointConfiguration churn",
      "delete-replaced EndpointConfiguration churn",
      "replace EndpointConfiguration churn",
    ],
  ]);
  expect(gap.output.indexOf("deleted original"), "fixed-name-deletes-first").toBeLessThan(
    gap.output.indexOf("created replacement"),
  );
  expect(weights()).toEqual([100, 0]);
  stage.off = ["same-name-starts-nothing"];
  expect((await stage.up(program(20))).code).toBe(0);
  expect(weights()).toEqual([100, 20]);
});

test("float-weights: weights that are no eighths replace the configuration in every run", async () => {
  const program = served(
    `{ productionVariants: [variant("blue", churn.name, 0.9), variant("green", churn.name, 0.1)] }`,
  );
  expect((await stage.up(program)).code).toBe(0);
  expect(weights()).toEqual([0.8999999761581421, 0.10000000149011612]);
  const again = await stage.up(program);
  expect([again.code, again.lines], again.output).toEqual([
    0,
    [
      "create-replacement EndpointConfiguration churn",
      "delete-replaced EndpointConfiguration churn",
      "replace EndpointConfiguration churn",
      "update Endpoint churn: endpointConfigName",
    ],
  ]);
  stage.off = ["float-weights"];
  await stage.up(program);
  expect((await stage.up(program)).lines).toEqual([]);
});

test("random-variant-names, guardrails-keep-variants: a variant without a name cannot be deployed as a canary", async () => {
  const canary = `{ blueGreenUpdatePolicy: { trafficRoutingConfiguration: {
  type: "CANARY", waitIntervalInSeconds: 60, canarySize: { type: "CAPACITY_PERCENT", value: 10 },
} } }`;
  const program = (count: number) =>
    served(`{ productionVariants: [variant(undefined, churn.name, 1, { initialInstanceCount: ${count} })] }`, canary);
  expect((await stage.up(program(1))).code).toBe(0);
  const refused = await stage.up(program(2));
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(
    /A CANARY deployment needs the same variants: the endpoint has terraform-\w{26}, the configuration terraform-\w{26}\./,
  );
  stage.off = ["guardrails-keep-variants"];
  const renamed = await stage.up(program(3));
  expect([renamed.code, live()?.variants[0]?.currentInstanceCount], renamed.output).toEqual([0, 3]);
  stage.off = ["random-variant-names", "guardrails-keep-variants"];
  expect((await stage.up(program(4))).code).toBe(0);
  stage.off = ["random-variant-names"];
  const kept = await stage.up(program(5));
  expect([kept.code, live()?.variants[0]?.name], kept.output).toEqual([0, "variant-0"]);
});

test("model-update-does-nothing: other subnets of a model are a success in every run, and never there", async () => {
  const program = (subnet: string) =>
    `model("churn", { name: "churn", vpcConfig: { subnets: ["${subnet}"], securityGroupIds: ["sg-1"] } });`;
  const subnets = () => stage.account(({ holdings }) => holdings.models.churn?.vpcConfig?.subnets);
  expect((await stage.up(program("subnet-1"))).code).toBe(0);
  for (const _run of [1, 2]) {
    const moved = await stage.up(program("subnet-2"));
    expect([moved.code, moved.lines.length], moved.output).toEqual([0, 1]);
    expect(subnets()).toEqual(["subnet-1"]);
  }
  stage.off = ["model-update-does-nothing"];
  expect((await stage.up(program("subnet-2"))).code).toBe(0);
  expect(subnets()).toEqual(["subnet-2"]);
  expect((await stage.up(program("subnet-2"))).lines).toEqual([]);
});
