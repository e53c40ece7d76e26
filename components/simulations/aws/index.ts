/** An account of AWS without AWS: for rehearsing programs. */
export { Account, type AccountSettings } from "./account/account.ts";
export { setAlarmState } from "./account/cloudwatch/alarm.ts";
export type { AlarmState, Endpoint, LiveVariant } from "./account/holdings.ts";
export { putRolePolicy } from "./account/iam/role.ts";
export { type Rule, type RuleName, rules } from "./account/rules.ts";
export { endpointNamed } from "./account/sagemaker/endpoint.ts";
export { type DesiredVariant, rollWeightsBack, updateWeights } from "./account/sagemaker/weights.ts";
export { type SimulatedAccount, startSimulatedAccount } from "./simulated-account.ts";
