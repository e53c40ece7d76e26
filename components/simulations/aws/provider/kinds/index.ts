import type { AwsType } from "../kind.ts";
import { compositeAlarm } from "./composite-alarm.ts";
import { dashboard } from "./dashboard.ts";
import { logGroup } from "./log-group.ts";
import { metricAlarm } from "./metric-alarm.ts";
import { role } from "./role.ts";
import { rolePolicy } from "./role-policy.ts";
import { rolePolicyAttachment } from "./role-policy-attachment.ts";
import { sagemakerConfiguration } from "./sagemaker-configuration.ts";
import { sagemakerEndpoint } from "./sagemaker-endpoint.ts";
import { sagemakerModel } from "./sagemaker-model.ts";

/** Types of resource that are simulated. */
export const types: readonly AwsType[] = [
  sagemakerModel,
  sagemakerConfiguration,
  sagemakerEndpoint,
  role,
  rolePolicy,
  rolePolicyAttachment,
  metricAlarm,
  compositeAlarm,
  dashboard,
  logGroup,
];
