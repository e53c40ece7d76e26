import { createLogGroup } from "../../account/cloudwatch/log-group.ts";
import type { Data } from "../../account/data.ts";
import type { LogGroup } from "../../account/holdings.ts";
import type { AwsType } from "../kind.ts";

const groupOf = ({ name, retentionInDays, kmsKeyId }: Data): LogGroup => ({
  name: String(name),
  retentionInDays: Number(retentionInDays),
  ...(kmsKeyId === undefined ? {} : { kmsKeyId: String(kmsKeyId) }),
});

/** Source: terraform-provider-aws internal/service/logs/group.go@0073593e7d */
export const logGroup: AwsType = {
  type: "cloudwatch/logGroup:LogGroup",
  label: "CloudWatch Logs Log Group",
  autoName: { property: "name" },
  create: (cloud, inputs) =>
    cloud.use((account) => {
      createLogGroup(account, groupOf(inputs));
      const logGroupClass = inputs.logGroupClass ?? "STANDARD";
      return { arn: account.arn("logs", `log-group:${inputs.name}`), logGroupClass, region: account.region };
    }),
  update(cloud, news) {
    cloud.use(({ holdings: { logGroups } }) => {
      logGroups[String(news.name)] = groupOf(news);
    });
    return {};
  },
  read({ holdings: { logGroups } }, { name }) {
    const found = logGroups[String(name)];
    return found && { retentionInDays: found.retentionInDays };
  },
  delete(cloud, { name, skipDestroy }) {
    if (skipDestroy === true) return;
    cloud.use(({ holdings: { logGroups } }) => {
      delete logGroups[String(name)];
    });
  },
};
