import type { Account } from "../account.ts";
import { durations } from "../durations.ts";
import { invalid } from "../refused.ts";
import { existing, refuseUnlessInService } from "./endpoint.ts";

/** What one variant is to have. */
export interface DesiredVariant {
  readonly name: string;
  /** At least 0; what is left out stays. */
  readonly weight?: number;
  /** At least 0; what is left out stays. */
  readonly instanceCount?: number;
}

/**
 * Changes live weights and instance counts, without a new fleet: UpdateEndpointWeightsAndCapacities. What is desired is
 * there at once, what is current follows.
 * @throws Refused where the endpoint is not InService or has no such variant
 */
export function updateWeights(account: Account, name: string, desired: readonly DesiredVariant[]): void {
  const endpoint = existing(account, name);
  refuseUnlessInService(account, endpoint);
  const unknown = desired.filter((each) => !endpoint.variants.some((variant) => variant.name === each.name));
  if (unknown.length > 0) {
    throw invalid(
      `The variant name(s) "${unknown.map((each) => each.name).join(", ")}" is/are not present within endpoint configuration "${endpoint.configName}".`,
    );
  }
  const negative = desired.find(({ weight = 0, instanceCount = 0 }) => weight < 0 || instanceCount < 0);
  if (negative !== undefined)
    throw invalid(`Weight and instance count of variant "${negative.name}" must be at least 0.`);
  const variants = endpoint.variants.map((variant) => {
    const { weight, instanceCount } = desired.find((each) => each.name === variant.name) ?? {};
    return {
      ...variant,
      ...(weight === undefined ? {} : { desiredWeight: Math.fround(weight) }),
      ...(instanceCount === undefined ? {} : { desiredInstanceCount: instanceCount }),
    };
  });
  const ends = account.seconds + durations.weightChange;
  const deployment = { kind: "weights", ends } as const;
  account.holdings.endpoints[name] = { ...endpoint, status: "Updating", variants, modified: account.now, deployment };
}

/**
 * Takes a change of weights back while it goes on, as AWS does where it cannot scale: the endpoint is RollingBack, and
 * then as it was. Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
 * @throws Refused where no change of weights goes on
 */
export function rollWeightsBack(account: Account, name: string): void {
  const endpoint = existing(account, name);
  if (endpoint.deployment?.kind !== "weights") throw invalid(`No weights of endpoint "${name}" change.`);
  const variants = endpoint.variants.map((variant) => ({
    ...variant,
    desiredWeight: variant.currentWeight,
    ...(variant.currentInstanceCount === undefined ? {} : { desiredInstanceCount: variant.currentInstanceCount }),
  }));
  const ends = account.seconds + durations.rollback;
  const deployment = { kind: "weights", ends } as const;
  account.holdings.endpoints[name] = { ...endpoint, status: "RollingBack", variants, deployment };
}
