import type { Account } from "../account/account.ts";
import { type Data, recordsOf } from "../account/data.ts";
import type { LiveVariant } from "../account/holdings.ts";
import { invalid } from "../account/refused.ts";
import { endpointArn, existing } from "../account/sagemaker/endpoint.ts";
import { updateWeights } from "../account/sagemaker/weights.ts";

/** Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html */
export function describeEndpoint(account: Account, asked: Data): Data {
  const endpoint = existing(account, nameIn(asked));
  const { name, configName, status, variants, created, modified, failureReason } = endpoint;
  return {
    EndpointName: name,
    EndpointArn: endpointArn(account, name),
    EndpointConfigName: configName,
    EndpointStatus: status,
    ...(variants.length === 0 ? {} : { ProductionVariants: variants.map(summaryOf) }),
    ...(failureReason === undefined ? {} : { FailureReason: failureReason }),
    CreationTime: secondsOf(created),
    LastModifiedTime: secondsOf(modified),
  };
}

/** Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpointWeightsAndCapacities.html */
export function updateWeightsAndCapacities(account: Account, asked: Data): Data {
  const name = nameIn(asked);
  const desired = recordsOf(asked.DesiredWeightsAndCapacities).map((each) => ({
    name: textOf(each.VariantName, "VariantName"),
    ...(each.DesiredWeight === undefined ? {} : { weight: numberOf(each.DesiredWeight, "DesiredWeight") }),
    ...(each.DesiredInstanceCount === undefined
      ? {}
      : { instanceCount: numberOf(each.DesiredInstanceCount, "DesiredInstanceCount") }),
  }));
  if (desired.length === 0) throw invalid("DesiredWeightsAndCapacities has to name one variant at least.");
  updateWeights(account, name, desired);
  return { EndpointArn: endpointArn(account, name) };
}

const summaryOf = (variant: LiveVariant): Data => ({
  VariantName: variant.name,
  CurrentWeight: variant.currentWeight,
  DesiredWeight: variant.desiredWeight,
  ...(variant.currentInstanceCount === undefined ? {} : { CurrentInstanceCount: variant.currentInstanceCount }),
  ...(variant.desiredInstanceCount === undefined ? {} : { DesiredInstanceCount: variant.desiredInstanceCount }),
});

/** Times are seconds since 1970 in this protocol. */
const secondsOf = (time: string): number => Date.parse(time) / 1000;

const nameIn = ({ EndpointName }: Data): string => textOf(EndpointName, "EndpointName");

function textOf(value: unknown, name: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw invalid(`${name} is ${JSON.stringify(value) ?? "missing"}; it has to be a text.`);
}

function numberOf(value: unknown, name: string): number {
  if (typeof value === "number") return value;
  throw invalid(`${name} is ${JSON.stringify(value)}; it has to be a number.`);
}
