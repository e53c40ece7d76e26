import { afterEach, beforeEach, expect, test } from "vitest";
import { type Rehearsal, rehearse } from "../rehearsal.ts";

// Deliberately naive programs of the real SDK under the real engine. With the rule they fail, without it they pass.

let stage: Rehearsal;
beforeEach(async () => {
  stage = await rehearse();
});
afterEach(() => stage[Symbol.asyncDispose]());

const program = (actionsEnabled: boolean) => `const errors = alarm("errors");
new aws.cloudwatch.CompositeAlarm("churn", { alarmName: "churn", alarmRule: pulumi.interpolate\`ALARM(\${errors.name})\`, actionsEnabled: ${actionsEnabled} });
new aws.cloudwatch.Dashboard("churn", { dashboardName: "churn", dashboardBody: JSON.stringify({ widgets: [] }) });
new aws.cloudwatch.LogGroup("churn", { name: "/aws/sagemaker/churn", retentionInDays: 30 });`;
const imports = `import * as pulumi from "@pulumi/pulumi";\n`;
const holdings = () => stage.account((account) => account.holdings);

test("composite-replacement-deletes, dashboards-are-overwritten: an alarm is silenced for ever, and a dashboard of others is gone", async () => {
  stage.account((account) => {
    account.holdings.dashboards.churn = `{"widgets":["of others"]}`;
  });
  stage.off = ["dashboards-are-overwritten"];
  const careful = await stage.up(imports + program(true), "--continue-on-error");
  expect(careful.code).not.toBe(0);
  expect(careful.output).toContain(
    "creating CloudWatch Dashboard (churn): api error ResourceConflict: Dashboard churn already exists.",
  );
  stage.off = [];
  expect((await stage.up(imports + program(true))).code).toBe(0);
  expect(holdings().dashboards).toEqual({ churn: `{"widgets":[]}` });
  expect(holdings().logGroups).toEqual({
    "/aws/sagemaker/churn": { name: "/aws/sagemaker/churn", retentionInDays: 30 },
  });
  const silenced = await stage.up(imports + program(false));
  expect([silenced.code, silenced.lines], silenced.output).toEqual([
    0,
    ["create-replacement CompositeAlarm churn", "delete-replaced CompositeAlarm churn", "replace CompositeAlarm churn"],
  ]);
  expect(Object.keys(holdings().alarms)).toEqual(["errors"]);
  const early = `${imports}alarm("errors");
new aws.cloudwatch.CompositeAlarm("early", { alarmName: "early", alarmRule: 'ALARM("made-later")' });`;
  expect((await stage.up(early)).output, "composite-needs-alarms").toContain(
    "AlarmRule names alarms that do not exist: made-later.",
  );
  stage.off = ["composite-needs-alarms", "composite-replacement-deletes"];
  expect((await stage.up(early)).code).toBe(0);
  expect((await stage.up(imports + program(true))).code).toBe(0);
  const kept = await stage.up(imports + program(false));
  expect([kept.code, kept.lines], kept.output).toEqual([0, ["update CompositeAlarm churn: actionsEnabled"]]);
});
