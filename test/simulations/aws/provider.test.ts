import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sdk from "@pulumi/aws/package.json" with { type: "json" };
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Account, rules } from "../../../components/simulations/aws/index.ts";
import { changesOf } from "../../../components/simulations/aws/provider/changes.ts";
import { factsOf } from "../../../components/simulations/aws/provider/facts.ts";
import { simulatedProvider } from "../../../components/simulations/aws/provider/provider.ts";
import { repository } from "../../support/project.ts";
import { naivePrograms, renderRulesPage } from "./rules-page.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "mlc-aws-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Json = Readonly<Record<string, unknown>>;

const urnOf = (type: string, name = "churn"): string => `urn:pulumi:dev::shop::aws:${type}::${name}`;
const provider = () => simulatedProvider({ AWS_SIMULATION_FOLDER: folder });
const reasons = async (type: string, inputs: Json, name?: string): Promise<readonly string[]> => {
  const { failures } = await provider().check(urnOf(type, name), {}, inputs);
  return (failures ?? []).map(({ reason }) => reason);
};
const ENDPOINT = "sagemaker/endpoint:Endpoint";
const CONFIGURATION = "sagemaker/endpointConfiguration:EndpointConfiguration";
const ALARM = "cloudwatch/metricAlarm:MetricAlarm";

test("the provider is of the SDK's version: the engine warns of another", () => {
  expect(simulatedProvider({}).version).toBe(sdk.version);
});

test("without an account it says which variable names one", async () => {
  const inputs = { name: "churn", endpointConfigName: "churn" };
  await expect(async () => simulatedProvider({}).create(urnOf(ENDPOINT), inputs)).rejects.toThrow(
    "Which account is simulated? Set AWS_SIMULATION_FOLDER to an absolute path where it is kept.",
  );
});

test("a type that it does not have is refused with those that it has", async () => {
  await expect(async () => provider().create(urnOf("ec2/instance:Instance"), {})).rejects.toThrow(
    /aws has no resource ec2\/instance:Instance; it has sagemaker\/model:Model, .*cloudwatch\/metricAlarm:MetricAlarm/,
  );
});

test("a rule that it does not have is refused with those that it has", () => {
  expect(() => new Account({ off: ["weights-rest"] })).toThrow(
    /^weights-rest: no rule of the simulated account, which has weights-reset, /,
  );
});

test("all problems of inputs are told at once", async () => {
  const deploymentConfig = {
    blueGreenUpdatePolicy: {
      terminationWaitInSeconds: 4000,
      trafficRoutingConfiguration: { type: "SLOW", waitIntervalInSeconds: 1.5 },
    },
    rollingUpdatePolicy: { maximumBatchSize: { type: "INSTANCE_COUNT", value: 0 }, waitIntervalInSeconds: 0 },
    autoRollbackConfiguration: { alarms: [] },
  };
  expect(await reasons(ENDPOINT, { nme: "churn", arn: "arn:aws:x", deploymentConfig })).toEqual([
    "nme is no property that is simulated; there are arn, deploymentConfig, endpointConfigName, name, region, tags, tagsAll. Take it out, or correct its name.",
    "arn is said by AWS, not by a program. Take it out.",
    "endpointConfigName is missing. Add it.",
    "deploymentConfig has several of blueGreenUpdatePolicy, rollingUpdatePolicy. Give exactly one.",
    "deploymentConfig.blueGreenUpdatePolicy.terminationWaitInSeconds is 4000; allowed are 0 to 3600.",
    'deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.type is "SLOW"; allowed are ALL_AT_ONCE, CANARY, LINEAR.',
    "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.waitIntervalInSeconds is 1.5; it has to be a whole number.",
    "deploymentConfig.rollingUpdatePolicy.maximumBatchSize.value is 0; allowed are 1 and more.",
    "deploymentConfig.autoRollbackConfiguration.alarms has 0 items; allowed are 1 to 10.",
  ]);
});

test("what an alarm's facts do not say is told as well", async () => {
  const known = { namespace: "AWS/SageMaker", metricName: "Invocations", period: 90, threshold: 1 };
  expect(await reasons(ALARM, known)).toEqual([
    "period is 90; allowed are 10, 20, 30 and multiples of 60.",
    "comparisonOperator is missing. Add it.",
    "evaluationPeriods is missing. Add it.",
    "metricName stands with 0 of statistic and extendedStatistic. Give exactly one.",
  ]);
  expect(
    await reasons(ALARM, {
      comparisonOperator: "GreaterThanThreshold",
      evaluationPeriods: 1,
      metricName: "x",
      metricQueries: [{ id: "a", expression: "1", metric: {} }],
    }),
  ).toEqual(expect.arrayContaining(["metricName and metricQueries exclude each other. Take one out."]));
});

test("what a preview does not know yet is there, and nothing else is asked of it", async () => {
  const unknown = pulumi.runtime.unknownValue;
  expect(await reasons(ENDPOINT, { endpointConfigName: unknown })).toEqual([]);
  expect(
    await reasons(CONFIGURATION, { productionVariants: [{ modelName: unknown, initialInstanceCount: 0 }] }),
  ).toEqual(["productionVariants[0].initialInstanceCount is 0; allowed are 1 and more."]);
});

test("a made-up name is the resource's with seven characters, stays, and is refused where it is too long", async () => {
  const inputs = { endpointConfigName: "churn" };
  const first = await provider().check(urnOf(ENDPOINT), {}, inputs);
  expect(first.inputs).toMatchObject({ name: expect.stringMatching(/^churn-[0-9a-f]{7}$/), __defaults: ["name"] });
  const again = await provider().check(urnOf(ENDPOINT), first.inputs as Json, inputs);
  expect(again.inputs).toEqual(first.inputs);
  expect(await reasons(ENDPOINT, inputs, "x".repeat(56))).toEqual([
    `name '${"x".repeat(56)}' plus 8 random characters is longer than maximum length 63. Shorten it, or give name.`,
  ]);
  const prefixed = await provider().check(urnOf(CONFIGURATION), {}, { namePrefix: "churn-", productionVariants: [{}] });
  expect(prefixed.inputs).toMatchObject({ name: expect.stringMatching(/^churn-[0-9a-f]{26}$/) });
});

test("whatever a configuration says, saying it again is no change, and any other weight replaces it", () => {
  const facts = factsOf(CONFIGURATION);
  const variant = fc.record({
    variantName: fc.constantFrom("blue", "green"),
    modelName: fc.string({ minLength: 1 }),
    initialVariantWeight: fc.integer({ min: 1, max: 100 }),
    initialInstanceCount: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(variant, { minLength: 1, maxLength: 3 }), fc.nat(), (productionVariants, seed) => {
      expect(
        changesOf(facts, { productionVariants }, { productionVariants: structuredClone(productionVariants) }),
      ).toEqual([]);
      const index = seed % productionVariants.length;
      const heavier = productionVariants.map((each, at) =>
        at === index ? { ...each, initialVariantWeight: each.initialVariantWeight + 1 } : each,
      );
      expect(changesOf(facts, { productionVariants }, { productionVariants: heavier })).toEqual([
        { path: `productionVariants.${index}.initialVariantWeight`, replaces: true },
      ]);
    }),
  );
});

test.each<[string, string, Json, Json, readonly { readonly path: string; readonly replaces: boolean }[]]>([
  [
    "sets have no order",
    ENDPOINT,
    { deploymentConfig: { autoRollbackConfiguration: { alarms: [{ alarmName: "a" }, { alarmName: "b" }] } } },
    { deploymentConfig: { autoRollbackConfiguration: { alarms: [{ alarmName: "b" }, { alarmName: "a" }] } } },
    [],
  ],
  [
    "other alarms are an update",
    ENDPOINT,
    { deploymentConfig: { autoRollbackConfiguration: { alarms: [{ alarmName: "a" }] } } },
    { deploymentConfig: { autoRollbackConfiguration: { alarms: [{ alarmName: "b" }] } } },
    [{ path: "deploymentConfig.autoRollbackConfiguration.alarms", replaces: false }],
  ],
  [
    "JSON is compared by what it says",
    "iam/role:Role",
    { assumeRolePolicy: '{"a":1}' },
    { assumeRolePolicy: '{ "a": 1 }' },
    [],
  ],
  [
    "what AWS computed and the program leaves out stays",
    "iam/role:Role",
    { inlinePolicies: [{ name: "a", policy: "{}" }] },
    {},
    [],
  ],
  ["absent is the same as false", "sagemaker/model:Model", {}, { enableNetworkIsolation: false }, []],
  ["a path replaces a role", "iam/role:Role", { path: "/" }, { path: "/ml/" }, [{ path: "path", replaces: true }]],
  [
    "a description is an update",
    "iam/role:Role",
    {},
    { description: "serves" },
    [{ path: "description", replaces: false }],
  ],
])("%s", (_what, type, olds, news, changes) => {
  expect(changesOf(factsOf(type), olds, news)).toEqual(changes);
});

test("a resource is read as it is, and not at all once it is gone", async () => {
  const urn = urnOf(ALARM, "kill");
  const inputs = { name: "kill", comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, threshold: 1 };
  const { id, outs } = await provider().create(urn, inputs);
  expect([id, outs?.arn, outs?.region]).toEqual([
    "kill",
    "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:kill",
    "eu-central-1",
  ]);
  expect((await provider().read(id, urn, outs)).id).toBe("kill");
  await provider().delete(id, urn, outs);
  expect((await provider().read(id, urn, outs)).id).toBe("");
});

test("each rule has a naive program that proves it, and stands on its page (npx vitest run test/simulations/aws -u)", async () => {
  const text = [...naivePrograms.values()].join("\n");
  expect(Object.keys(rules).filter((name) => !text.includes(name))).toEqual([]);
  await expect(renderRulesPage()).toMatchFileSnapshot(path.join(repository, "docs/aws-rules.md"));
});
