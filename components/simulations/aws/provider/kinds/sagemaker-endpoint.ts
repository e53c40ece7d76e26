import { NotReady } from "../../../../provider/kind.ts";
import { type Data, isRecord } from "../../account/data.ts";
import type { Endpoint } from "../../account/holdings.ts";
import { Refused } from "../../account/refused.ts";
import {
  createEndpoint,
  deleteEndpoint,
  endpointArn,
  endpointNamed,
  existing,
  updateEndpoint,
} from "../../account/sagemaker/endpoint.ts";
import type { Cloud } from "../cloud.ts";
import type { AwsType } from "../kind.ts";

/** Seconds between two looks, and after which the provider looks no more. */
const LOOK = 30;
const PATIENCE = 3600;

const policyOf = ({ deploymentConfig }: Data): Data | undefined =>
  isRecord(deploymentConfig) ? deploymentConfig : undefined;

/** What the provider reads back. Weights are not among it. */
const said = ({ configName, deploymentConfig }: Endpoint): Data => ({
  endpointConfigName: configName,
  ...(deploymentConfig === undefined ? {} : { deploymentConfig }),
});

/** Source: terraform-provider-aws internal/service/sagemaker/endpoint.go@0cafd6b50f */
export const sagemakerEndpoint: AwsType = {
  type: "sagemaker/endpoint:Endpoint",
  label: "SageMaker AI Endpoint",
  autoName: { property: "name" },

  changes: (changes, cloud) =>
    cloud.holds("auto-rollback-replaces")
      ? changes
      : changes.map((each) => (each.path.includes("autoRollbackConfiguration") ? { ...each, replaces: false } : each)),

  async create(cloud, inputs) {
    const name = String(inputs.name);
    const arn = cloud.use((account) => {
      createEndpoint(account, name, String(inputs.endpointConfigName), policyOf(inputs));
      return { arn: endpointArn(account, name), region: account.region };
    });
    const state = { ...inputs, ...arn };
    return { ...arn, ...said(await inService(cloud, name, state)) };
  },

  read(account, { name }) {
    const endpoint = endpointNamed(account, String(name));
    return endpoint === undefined || endpoint.status === "Deleting" ? undefined : said(endpoint);
  },

  async update(cloud, news, olds, changes) {
    if (!changes.some(({ path }) => /^(endpointConfigName|deploymentConfig)\b/.test(path))) return {};
    const name = String(news.name);
    const asked = String(news.endpointConfigName);
    // A failed update leaves in state what was asked for: the provider does not mark it as partial.
    const failed = cloud.holds("failed-update-lies") ? { ...olds, ...news } : undefined;
    try {
      cloud.use((account) => updateEndpoint(account, name, asked, policyOf(news)));
    } catch (error) {
      throw error instanceof Refused && failed !== undefined ? new NotReady(failed, [error.message]) : error;
    }
    const endpoint = await inService(cloud, name, failed);
    if (endpoint.configName !== asked && !cloud.holds("rollback-is-success")) {
      throw new Error(`${endpoint.failureReason} ${endpoint.configName} serves, not ${asked}.`);
    }
    return said(endpoint);
  },

  async delete(cloud, { name }) {
    const isThere = (): boolean => cloud.use((account) => endpointNamed(account, String(name))) !== undefined;
    if (!isThere()) return;
    cloud.use((account) => deleteEndpoint(account, String(name)));
    while (!cloud.holds("delete-does-not-wait") && isThere()) await cloud.wait(LOOK);
  },
};

/**
 * The endpoint once it is InService.
 * @param failed what state holds when it is not; without it, state stays as it was
 * @throws NotReady or Error when it fails or takes too long
 */
async function inService(cloud: Cloud, name: string, failed: Data | undefined): Promise<Endpoint> {
  const fails = (reason: string): Error => (failed === undefined ? new Error(reason) : new NotReady(failed, [reason]));
  for (let waited = 0; ; waited += LOOK) {
    const endpoint = cloud.use((account) => existing(account, name));
    const { status, failureReason } = endpoint;
    if (status === "InService") return endpoint;
    if (status !== "Creating" && status !== "Updating" && status !== "SystemUpdating") {
      throw fails(
        `waiting for InService: unexpected state '${status}', wanted target 'InService'. last error: ${failureReason ?? "none"}`,
      );
    }
    if (waited >= PATIENCE && cloud.holds("wait-ends-after-an-hour")) {
      throw fails(
        `waiting for InService: timeout while waiting for state to become 'InService' (last state: '${status}', timeout: 1h0m0s)`,
      );
    }
    await cloud.wait(LOOK);
  }
}
