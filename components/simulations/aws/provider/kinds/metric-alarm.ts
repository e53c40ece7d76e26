import { deleteAlarm, putAlarm } from "../../account/cloudwatch/alarm.ts";
import type { Data } from "../../account/data.ts";
import { recordsOf } from "../../account/data.ts";
import type { Cloud } from "../cloud.ts";
import type { AwsType } from "../kind.ts";

function put(cloud: Cloud, inputs: Data): Data {
  return cloud.use((account) => {
    const name = String(inputs.name);
    putAlarm(account, name, inputs);
    return { arn: account.arn("cloudwatch", `alarm:${name}`), region: account.region };
  });
}

/** Source: terraform-provider-aws internal/service/cloudwatch/metric_alarm.go@055611a654 */
export const metricAlarm: AwsType = {
  type: "cloudwatch/metricAlarm:MetricAlarm",
  label: "CloudWatch Metric Alarm",
  autoName: { property: "name" },
  problems(inputs) {
    const { metricName, statistic, extendedStatistic, comparisonOperator, evaluationPeriods, metricQueries } = inputs;
    const missing = Object.entries({ comparisonOperator, evaluationPeriods }).filter(
      ([, value]) => value === undefined,
    );
    const statistics = [statistic, extendedStatistic].filter((each) => each !== undefined).length;
    const mixed = recordsOf(metricQueries).filter(
      ({ expression, metric }) => expression !== undefined && metric !== undefined,
    );
    return [
      ...missing.map(([name]) => `${name} is missing. Add it.`),
      ...(metricName !== undefined && statistics !== 1
        ? [`metricName stands with ${statistics} of statistic and extendedStatistic. Give exactly one.`]
        : []),
      ...mixed.map(({ id }) => `metricQueries: ${id} has both expression and metric. Take one out.`),
    ];
  },
  create: put,
  update: put,
  read: ({ holdings: { alarms } }, { name }) => alarms[String(name)] && {},
  delete: (cloud, { name }) => cloud.use((account) => deleteAlarm(account, String(name))),
};
