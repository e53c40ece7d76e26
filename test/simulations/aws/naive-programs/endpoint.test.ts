import { afterEach, beforeEach, expect, test } from "vitest";
import { endpointNamed, setAlarmState, updateWeights } from "../../../../components/simulations/aws/index.ts";
import { type Rehearsal, rehearse } from "../rehearsal.ts";

// Deliberately naive programs of the real SDK under the real engine. With the rule they fail, without it they pass.

let stage: Rehearsal;
beforeEach(async () => {
  stage = await rehearse();
});
afterEach(() => stage[Symbol.asyncDispose]());

const live = () => stage.account((account) => endpointNamed(account, "churn"));
const weights = () => live()?.variants.map(({ desiredWeight }) => desiredWeight);

/** Two slots behind one endpoint, as a program by the typings alone would write it. */
const slots = (weight: number, deploymentConfig: string) => `const killSwitch = alarm("kill-switch");
const churn = model("churn");
const configuration = new aws.sagemaker.EndpointConfiguration("churn", {
  productionVariants: [variant("blue", churn.name, 100), variant("green", churn.name, ${weight})],
});
new aws.sagemaker.Endpoint("churn", { name: "churn", endpointConfigName: configuration.name${deploymentConfig === "" ? "" : `, deploymentConfig: ${deploymentConfig}`} });`;
const waiting = (seconds: number, alarms = "[killSwitch.name]") =>
  `guarded(${alarms}, { terminationWaitInSeconds: ${seconds}, trafficRoutingConfiguration: { type: "ALL_AT_ONCE", waitIntervalInSeconds: 0 } })`;

test("weights-reset: an edit of the deployment's policy brings the configuration's weights back", async () => {
  expect((await stage.up(slots(0, waiting(0)))).code).toBe(0);
  const shift = () => {
    stage.account((account) =>
      updateWeights(account, "churn", [
        { name: "blue", weight: 50 },
        { name: "green", weight: 50 },
      ]),
    );
    stage.account((account) => account.advance(30));
  };
  shift();
  const edited = await stage.up(slots(0, waiting(60)));
  expect([edited.code, edited.lines], edited.output).toEqual([
    0,
    ["update Endpoint churn: deploymentConfig.blueGreenUpdatePolicy.terminationWaitInSeconds"],
  ]);
  expect(weights()).toEqual([100, 0]);
  shift();
  stage.off = ["weights-reset"];
  expect((await stage.up(slots(0, waiting(120)))).code).toBe(0);
  expect(weights()).toEqual([50, 50]);
});

test("rollback-is-success: a deployment that was taken back is a success, and what serves loses its configuration", async () => {
  expect((await stage.up(slots(0, waiting(0)))).code).toBe(0);
  const before = live()?.configName;
  stage.account((account) => setAlarmState(account, "kill-switch", "ALARM"));
  const silent = await stage.up(slots(10, waiting(0)));
  expect([silent.code, silent.lines], silent.output).toEqual([
    0,
    [
      "create-replacement EndpointConfiguration churn",
      "delete-replaced EndpointConfiguration churn",
      "replace EndpointConfiguration churn",
      "update Endpoint churn: endpointConfigName",
    ],
  ]);
  expect([weights(), live()?.configName === before, live()?.failureReason]).toEqual([
    [100, 0],
    true,
    "The deployment was rolled back: alarm kill-switch was in ALARM.",
  ]);
  stage.account((account) => setAlarmState(account, "kill-switch", "OK"));
  const stuck = await stage.up(slots(10, waiting(0)));
  expect(stuck.code).not.toBe(0);
  expect(stuck.output, "configuration-deleted-in-use, configuration-exists").toContain(
    `Could not find endpoint configuration "arn:aws:sagemaker:eu-central-1:123456789012:endpoint-config/${before}".`,
  );
  stage.off = ["configuration-exists"];
  expect((await stage.up(slots(20, waiting(0)))).code).toBe(0);
  expect(weights()).toEqual([100, 20]);
  stage.account((account) => setAlarmState(account, "kill-switch", "ALARM"));
  stage.off = ["rollback-is-success"];
  const loud = await stage.up(slots(30, waiting(0)));
  expect(loud.code).not.toBe(0);
  expect(loud.output).toContain("The deployment was rolled back: alarm kill-switch was in ALARM.");
  stage.off = ["alarms-roll-back"];
  expect((await stage.up(slots(40, waiting(0)))).code).toBe(0);
  expect(weights()).toEqual([100, 40]);
});

test("configuration-deleted-in-use: without it the configuration that serves is not deleted", async () => {
  expect((await stage.up(slots(0, waiting(0)))).code).toBe(0);
  stage.account((account) => setAlarmState(account, "kill-switch", "ALARM"));
  stage.off = ["configuration-deleted-in-use"];
  const refused = await stage.up(slots(10, waiting(0)));
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain('is used by endpoint "churn"');
});

test("auto-rollback-replaces: alarms that are added later replace the endpoint, whose name is still taken", async () => {
  expect((await stage.up(slots(0, ""))).code).toBe(0);
  const refused = await stage.up(slots(0, waiting(0)));
  expect(refused.code).not.toBe(0);
  expect(refused.output, "delete-does-not-wait").toContain("Cannot create already existing endpoint");
  expect(live()?.status).toBe("Deleting");
  stage.account((account) => account.advance(60));
  const reverted = await stage.up(slots(0, ""));
  expect([reverted.code, reverted.lines], reverted.output).toEqual([
    0,
    ["create-replacement Endpoint churn", "delete-replaced Endpoint churn", "replace Endpoint churn"],
  ]);
  expect(
    live()?.status,
    "who takes the edit back gets an endpoint that is then deleted by its name, as a success",
  ).toBe("Deleting");
});

test("auto-rollback-replaces: without it alarms are added in place; waited for, their removal is an outage", async () => {
  expect((await stage.up(slots(0, ""))).code).toBe(0);
  const { created } = live() ?? {};
  stage.off = ["auto-rollback-replaces"];
  const passed = await stage.up(slots(0, waiting(0)));
  expect([passed.code, passed.lines[0]], passed.output).toEqual([
    0,
    expect.stringMatching(/^update Endpoint churn: deploymentConfig/),
  ]);
  expect(live()?.created).toBe(created);
  stage.off = ["fixed-name-deletes-first"];
  const taken = await stage.up(slots(0, ""));
  expect(taken.code).not.toBe(0);
  expect(taken.output).toContain("Cannot create already existing endpoint");
  expect(live()?.status, "what serves goes on serving").toBe("InService");
  stage.off = ["delete-does-not-wait"];
  const outage = await stage.up(slots(0, ""));
  expect([outage.code, outage.lines], outage.output).toEqual([
    0,
    ["create-replacement Endpoint churn", "delete-replaced Endpoint churn", "replace Endpoint churn"],
  ]);
  expect(live()?.created).not.toBe(created);
});

test("failed-update-lies: what failed is a success in the next run, and nothing of it is there", async () => {
  expect((await stage.up(slots(0, waiting(0)))).code).toBe(0);
  const bad = waiting(0, '["kill-switch", "forgotten"]');
  expect((await stage.up(slots(0, bad))).output).toContain("could not be found: forgotten");
  const again = await stage.up(slots(0, bad));
  expect(again.code, again.output).toBe(0);
  const alarms = () => JSON.stringify(live()?.deploymentConfig?.autoRollbackConfiguration);
  expect(alarms()).toBe('{"alarms":[{"alarmName":"kill-switch"}]}');
  stage.off = ["failed-update-lies"];
  const worse = waiting(0, '["kill-switch", "forgotten", "lost"]');
  expect((await stage.up(slots(0, worse))).code).not.toBe(0);
  expect((await stage.up(slots(0, worse))).code, "the next run tries again").not.toBe(0);
});

test("wait-ends-after-an-hour: a program with a slow shift fails, although it goes on", async () => {
  const linear = `{ blueGreenUpdatePolicy: { trafficRoutingConfiguration: {
  type: "LINEAR", waitIntervalInSeconds: 600, linearStepSize: { type: "CAPACITY_PERCENT", value: 10 },
} } }`;
  expect((await stage.up(slots(0, linear))).code).toBe(0);
  const late = await stage.up(slots(10, linear));
  expect(late.code).not.toBe(0);
  expect(late.output).toContain(
    "timeout while waiting for state to become 'InService' (last state: 'Updating', timeout: 1h0m0s)",
  );
  stage.account((account) => account.advance(3600));
  expect(weights(), "and yet it is there").toEqual([100, 10]);
  stage.off = ["wait-ends-after-an-hour"];
  const passed = await stage.up(slots(20, linear));
  expect(passed.code, passed.output).toBe(0);
  expect(weights()).toEqual([100, 20]);
});
