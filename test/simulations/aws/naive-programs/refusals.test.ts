import { afterEach, beforeEach, expect, test } from "vitest";
import { putRolePolicy, type RuleName, updateWeights } from "../../../../components/simulations/aws/index.ts";
import { type Rehearsal, rehearse } from "../rehearsal.ts";

// Deliberately naive programs of the real SDK under the real engine. With the rule they fail, without it they pass.

let stage: Rehearsal;
beforeEach(async () => {
  stage = await rehearse();
});
afterEach(() => stage[Symbol.asyncDispose]());

/** Of each rule what a program gets wrong in a resource of its own, and what it is told. */
const refusals: Readonly<Partial<Record<RuleName, readonly [program: string, told: string]>>> = {
  "role-is-assumed": [
    `const stranger = new aws.iam.Role("stranger", { assumeRolePolicy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }] } });
model("untrusted", { executionRoleArn: stranger.arn });`,
    "principal 'sagemaker.amazonaws.com' to assume the role",
  ],
  "model-exists": [
    `new aws.sagemaker.EndpointConfiguration("early", { productionVariants: [variant("a", "not-made-yet", 1)] });`,
    'Could not find model "arn:aws:sagemaker:eu-central-1:123456789012:model/not-made-yet".',
  ],
  "shadow-is-one-and-one": [
    `new aws.sagemaker.EndpointConfiguration("shadowed", {
  productionVariants: [variant("blue", churn.name, 1), variant("green", churn.name, 0)],
  shadowProductionVariants: [variant("shadow", churn.name, 1)],
});`,
    "there are 2 and 1 shadow variants",
  ],
  "alarms-exist": [
    `new aws.sagemaker.Endpoint("unwatched", { endpointConfigName: single.name, deploymentConfig: guarded(["made-later"]) });`,
    "The following alarm(s) could not be found: made-later.",
  ],
  "canary-is-half-at-most": [
    `new aws.sagemaker.Endpoint("bold", { endpointConfigName: single.name, deploymentConfig: { blueGreenUpdatePolicy: { trafficRoutingConfiguration: {
  type: "CANARY", waitIntervalInSeconds: 60, canarySize: { type: "CAPACITY_PERCENT", value: 60 },
} } } });`,
    "Canary size 60 % is more than 50 % of the fleet.",
  ],
  "rolling-needs-one-variant": [
    `const two = new aws.sagemaker.EndpointConfiguration("two", { productionVariants: [variant("blue", churn.name, 1), variant("green", churn.name, 0)] });
new aws.sagemaker.Endpoint("rolling", { endpointConfigName: two.name, deploymentConfig: { rollingUpdatePolicy: {
  maximumBatchSize: { type: "CAPACITY_PERCENT", value: 50 }, waitIntervalInSeconds: 60,
} } });`,
    "A rolling deployment needs exactly one variant, with instances.",
  ],
  "capacity-is-one-of-two": [
    `new aws.sagemaker.EndpointConfiguration("mixed", { productionVariants: [
  variant("a", churn.name, 1, { serverlessConfig: { maxConcurrency: 5, memorySizeInMb: 2048 } }),
] });`,
    "Variant a has both instances and a serverless configuration.",
  ],
  "names-are-taken": [
    `const first = new aws.sagemaker.EndpointConfiguration("first", { name: "churn", productionVariants: [variant("a", churn.name, 1)] });
new aws.sagemaker.EndpointConfiguration("second", { name: "churn", productionVariants: [variant("a", churn.name, 1)] }, { dependsOn: [first] });`,
    'Cannot create already existing endpoint configuration "arn:aws:sagemaker:eu-central-1:123456789012:endpoint-config/churn".',
  ],
};

test("what AWS refuses is refused, each for its rule, and goes through without it", async () => {
  const wrong = Object.values(refusals);
  const program = `const churn = model("churn");
const single = new aws.sagemaker.EndpointConfiguration("single", { productionVariants: [variant("only", churn.name, 1)] });
${wrong.map(([part]) => part).join("\n")}`;
  const refused = await stage.up(program, "--continue-on-error");
  expect(refused.code).not.toBe(0);
  for (const [, told] of wrong) expect(refused.output).toContain(told);
  stage.off = Object.keys(refusals) as readonly RuleName[];
  const passed = await stage.up(program);
  expect([passed.code, passed.lines.length], passed.output).toEqual([0, 8]);
});

test("one-change-at-a-time: a program that deploys while weights change is refused", async () => {
  const program = (wait: number) => `const churn = model("churn");
const only = new aws.sagemaker.EndpointConfiguration("churn", { productionVariants: [variant("only", churn.name, 1)] });
new aws.sagemaker.Endpoint("churn", { name: "churn", endpointConfigName: only.name, deploymentConfig: { blueGreenUpdatePolicy: {
  terminationWaitInSeconds: ${wait}, trafficRoutingConfiguration: { type: "ALL_AT_ONCE", waitIntervalInSeconds: 0 },
} } });`;
  expect((await stage.up(program(0))).code).toBe(0);
  stage.account((account) => updateWeights(account, "churn", [{ name: "only", weight: 2 }]));
  const refused = await stage.up(program(60));
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("Cannot update in-progress endpoint");
  stage.off = ["one-change-at-a-time"];
  const passed = await stage.up(program(120));
  expect(passed.code, passed.output).toBe(0);
});

test("inline policies of a role take those of others away, and what is left holds the role", async () => {
  const program = (
    action: string,
  ) => `const statement = (Action) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });
const owner = new aws.iam.Role("owner", { name: "owner", assumeRolePolicy: trust, inlinePolicies: [{ name: "own", policy: statement("${action}") }] });
new aws.iam.RolePolicy("beside", { name: "beside", role: owner.name, policy: statement("s3:GetObject") });
new aws.iam.Role("plain", { name: "plain", assumeRolePolicy: trust });`;
  const policies = () => stage.account(({ holdings }) => Object.keys(holdings.roles.owner?.policies ?? {}));
  expect((await stage.up(program("sns:Publish"))).code).toBe(0);
  expect(policies()).toEqual(["own", "beside"]);
  const edited = await stage.up(program("sqs:SendMessage"));
  expect([edited.code, edited.lines], edited.output).toEqual([0, ["update Role owner: inlinePolicies"]]);
  expect(policies(), "inline-policies-are-exclusive").toEqual(["own"]);
  expect((await stage.up(program("sqs:SendMessage"))).lines, "and no run puts it back").toEqual([]);
  stage.account((account) => putRolePolicy(account, "plain", "by-hand", "{}"));
  const held = await stage.destroy();
  expect(held.code).not.toBe(0);
  expect(held.output).toContain(
    "deleting IAM Role (plain): api error DeleteConflict: Cannot delete entity, must detach all policies first.",
  );
  stage.off = ["role-holds-policies", "inline-policies-are-exclusive"];
  expect((await stage.destroy()).code).toBe(0);
  await stage.up(program("sns:Publish"));
  await stage.up(program("sqs:SendMessage"));
  expect(policies()).toEqual(["own", "beside"]);
});
