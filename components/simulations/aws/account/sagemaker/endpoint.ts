import type { Account } from "../account.ts";
import type { Data } from "../data.ts";
import { durations } from "../durations.ts";
import type { Configuration, Deployment, Endpoint } from "../holdings.ts";
import { invalid } from "../refused.ts";
import { checkDeployment, deploymentOf, settled } from "./deployment.ts";

/** The ARN of an endpoint. */
export const endpointArn = (account: Account, name: string): string => account.arn("sagemaker", `endpoint/${name}`);

/** The configuration of that name. @throws Refused where there is none */
export const configurationNamed = (account: Account, name: string): Configuration => {
  const found = account.holdings.configurations[name];
  if (found === undefined)
    throw invalid(`Could not find endpoint configuration "${account.arn("sagemaker", `endpoint-config/${name}`)}".`);
  return found;
};

/** @throws Refused where the name is taken, or something that it names is not there */
export function createEndpoint(account: Account, name: string, configName: string, deploymentConfig?: Data): void {
  const { endpoints } = account.holdings;
  if (endpointNamed(account, name) !== undefined && account.holds("names-are-taken")) {
    throw invalid(`Cannot create already existing endpoint "${endpointArn(account, name)}".`);
  }
  const configuration = configurationNamed(account, configName);
  checkDeployment(account, deploymentConfig, configuration);
  endpoints[name] = {
    name,
    configName,
    status: "Creating",
    variants: [],
    created: account.now,
    modified: account.now,
    ...(deploymentConfig === undefined ? {} : { deploymentConfig }),
    deployment: deploymentOf(account, configuration, undefined),
  };
}

/** Starts a deployment. @throws Refused where another goes on, or something that it names is not there */
export function updateEndpoint(account: Account, name: string, configName: string, deploymentConfig?: Data): void {
  const endpoint = existing(account, name);
  refuseUnlessInService(account, endpoint);
  const configuration = configurationNamed(account, configName);
  if (account.holds("configuration-exists")) configurationNamed(account, endpoint.configName);
  checkDeployment(account, deploymentConfig, configuration, endpoint);
  const { failureReason: _old, ...rest } = endpoint;
  account.holdings.endpoints[name] = {
    ...rest,
    status: "Updating",
    modified: account.now,
    ...(deploymentConfig === undefined ? {} : { deploymentConfig }),
    deployment: deploymentOf(account, configuration, deploymentConfig),
  };
}

/** Starts the deletion; the name is free when it is over. @throws Refused where there is no such endpoint */
export function deleteEndpoint(account: Account, name: string): void {
  const endpoint = existing(account, name);
  if (endpoint.status === "Deleting") return;
  const deployment: Deployment = { kind: "deletion", ends: account.seconds + durations.deletion };
  account.holdings.endpoints[name] = { ...endpoint, status: "Deleting", deployment };
}

/** The endpoint as it is now; undefined when there is none. */
export function endpointNamed(account: Account, name: string): Endpoint | undefined {
  const { endpoints } = account.holdings;
  const before = endpoints[name];
  if (before === undefined) return undefined;
  const now = settled(account, before);
  if (now === undefined) delete endpoints[name];
  else endpoints[name] = now;
  return now;
}

/** @throws Refused where there is no such endpoint */
export function existing(account: Account, name: string): Endpoint {
  const endpoint = endpointNamed(account, name);
  if (endpoint === undefined) throw invalid(`Could not find endpoint "${endpointArn(account, name)}".`);
  return endpoint;
}

/** @throws Refused while something goes on, and for ever once the creation failed */
export function refuseUnlessInService(account: Account, { name, status }: Endpoint): void {
  if (status === "InService" || !account.holds("one-change-at-a-time")) return;
  throw invalid(
    status === "Failed"
      ? `Cannot update failed endpoint "${endpointArn(account, name)}". Delete it.`
      : `Cannot update in-progress endpoint "${endpointArn(account, name)}".`,
  );
}
