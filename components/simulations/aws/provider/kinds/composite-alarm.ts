import { deleteAlarm, putCompositeAlarm } from "../../account/cloudwatch/alarm.ts";
import type { Data } from "../../account/data.ts";
import type { Cloud } from "../cloud.ts";
import type { AwsType } from "../kind.ts";

function put(cloud: Cloud, inputs: Data): Data {
  return cloud.use((account) => {
    const name = String(inputs.alarmName);
    putCompositeAlarm(account, name, inputs);
    return { arn: account.arn("cloudwatch", `alarm:${name}`), region: account.region };
  });
}

/** Source: terraform-provider-aws internal/service/cloudwatch/composite_alarm.go@050ac11163 */
export const compositeAlarm: AwsType = {
  type: "cloudwatch/compositeAlarm:CompositeAlarm",
  label: "CloudWatch Composite Alarm",
  nameOf: ({ alarmName }) => String(alarmName),
  changes: (changes, cloud) =>
    cloud.holds("composite-replacement-deletes")
      ? changes
      : changes.map((each) => (each.path === "actionsEnabled" ? { ...each, replaces: false } : each)),
  create: put,
  update: put,
  read: ({ holdings: { alarms } }, { alarmName }) => alarms[String(alarmName)] && {},
  delete: (cloud, { alarmName }) => cloud.use((account) => deleteAlarm(account, String(alarmName))),
};
