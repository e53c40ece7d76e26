import { afterEach, beforeEach, expect, test } from "vitest";
import { endpointNamed, updateWeights } from "../../../components/simulations/aws/index.ts";
import { type Rehearsal, rehearse } from "./rehearsal.ts";

// A careful program of the real SDK under the real engine: what each change of an endpoint is.

let stage: Rehearsal;
beforeEach(async () => {
  stage = await rehearse();
});
afterEach(() => stage[Symbol.asyncDispose]());

const program = (weights: readonly [number, number]) => `
const killSwitch = alarm("kill-switch");
const [blue, green] = [model("blue"), model("green")];
const configuration = new aws.sagemaker.EndpointConfiguration("churn", {
  productionVariants: [variant("blue", blue.name, ${weights[0]}), variant("green", green.name, ${weights[1]})],
});
const endpoint = new aws.sagemaker.Endpoint("churn", {
  name: "churn", endpointConfigName: configuration.name, deploymentConfig: guarded([killSwitch.name]), tags: { team: "risk" },
});
export const arn = endpoint.arn;
`;

test("an endpoint is made, its weights change as a deployment, and all of it is deleted", async () => {
  const made = await stage.up(program([100, 0]));
  expect([made.code, made.lines], made.output).toEqual([
    0,
    [
      "create Endpoint churn",
      "create EndpointConfiguration churn",
      "create MetricAlarm kill-switch",
      "create Model blue",
      "create Model green",
      "create Role serving",
    ],
  ]);
  expect(made.output).toContain('arn: "arn:aws:sagemaker:eu-central-1:123456789012:endpoint/churn"');
  expect((await stage.up(program([100, 0]))).lines).toEqual([]);
  const changed = await stage.up(program([90, 10]));
  expect([changed.code, changed.lines], changed.output).toEqual([
    0,
    [
      "create-replacement EndpointConfiguration churn",
      "delete-replaced EndpointConfiguration churn",
      "replace EndpointConfiguration churn",
      "update Endpoint churn: endpointConfigName",
    ],
  ]);
  const endpoint = stage.account((account) => endpointNamed(account, "churn"));
  expect(
    endpoint?.variants.map(({ name, currentWeight, currentInstanceCount }) => [
      name,
      currentWeight,
      currentInstanceCount,
    ]),
  ).toEqual([
    ["blue", 90, 1],
    ["green", 10, 1],
  ]);
  stage.account((account) => updateWeights(account, "churn", [{ name: "green", weight: 0 }]));
  expect((await stage.refresh()).lines, "live weights are no part of any resource").toEqual([]);
  expect((await stage.destroy()).code).toBe(0);
  stage.account((account) => account.advance(60));
  const left = stage.account((account) => [endpointNamed(account, "churn"), account.holdings]);
  expect(left).toEqual([
    undefined,
    { alarms: {}, configurations: {}, dashboards: {}, endpoints: {}, logGroups: {}, models: {}, roles: {} },
  ]);
});
