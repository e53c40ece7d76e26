import type { Account } from "../account.ts";
import { type Data, recordOf, recordsOf } from "../data.ts";
import { durations } from "../durations.ts";
import type { Configuration, ConfiguredVariant, Deployment, Endpoint, LiveVariant } from "../holdings.ts";
import { invalid } from "../refused.ts";
import { starts } from "./model.ts";

/** A new fleet, and how long it takes traffic over. @param policy absent for the first fleet of an endpoint */
export function deploymentOf(account: Account, to: Configuration, policy: Data | undefined): Deployment {
  const failing = to.variants.find(({ modelName = "" }) => {
    const model = account.holdings.models[modelName];
    return model === undefined || !starts(model);
  });
  const alarm = alarmsOf(policy).find((name) => account.holdings.alarms[name]?.state === "ALARM");
  const failure =
    failing !== undefined
      ? `The primary container for production variant ${failing.variantName} did not pass the ping health check.`
      : alarm !== undefined && account.holds("alarms-roll-back")
        ? failureBy(alarm)
        : undefined;
  const ends = account.seconds + durations.newFleet + (failing === undefined ? shiftSeconds(policy) : 0);
  return { kind: "fleet", to, ends, ...(failure === undefined ? {} : { failure }) };
}

const failureBy = (alarm: string): string => `The deployment was rolled back: alarm ${alarm} was in ALARM.`;

/** Seconds from a fleet that stands to the end of the old one. */
function shiftSeconds(policy: Data | undefined): number {
  const blueGreen = recordOf(policy?.blueGreenUpdatePolicy);
  const { type, waitIntervalInSeconds = 0, linearStepSize } = recordOf(blueGreen.trafficRoutingConfiguration);
  const { type: unit, value = 100 } = recordOf(linearStepSize);
  const steps =
    type === "CANARY" ? 2 : type === "LINEAR" && unit === "CAPACITY_PERCENT" ? Math.ceil(100 / Number(value)) : 1;
  return steps * Number(waitIntervalInSeconds) + Number(blueGreen.terminationWaitInSeconds ?? 0);
}

/** Names of the alarms that take a deployment back. */
export const alarmsOf = (policy: Data | undefined): readonly string[] =>
  recordsOf(recordOf(policy?.autoRollbackConfiguration).alarms).map(({ alarmName }) => String(alarmName));

/** @throws Refused where a deployment cannot be made so. @param before absent for the first fleet */
export function checkDeployment(
  account: Account,
  policy: Data | undefined,
  to: Configuration,
  before?: Endpoint,
): void {
  const [missing] = alarmsOf(policy).filter((name) => account.holdings.alarms[name] === undefined);
  if (missing !== undefined && account.holds("alarms-exist")) {
    throw invalid(`The following alarm(s) could not be found: ${missing}.`);
  }
  const { type, canarySize } = recordOf(recordOf(policy?.blueGreenUpdatePolicy).trafficRoutingConfiguration);
  const canary = recordOf(canarySize);
  if (canary.type === "CAPACITY_PERCENT" && Number(canary.value) > 50 && account.holds("canary-is-half-at-most")) {
    throw invalid(`Canary size ${canary.value} % is more than 50 % of the fleet.`);
  }
  const names = to.variants.map(({ variantName }) => variantName);
  const isShifted = type === "CANARY" || type === "LINEAR";
  if (before !== undefined && isShifted && account.holds("guardrails-keep-variants")) {
    const live = before.variants.map(({ name }) => name);
    if (live.toSorted().join() !== names.toSorted().join()) {
      throw invalid(
        `A ${type} deployment needs the same variants: the endpoint has ${live.join(", ")}, the configuration ${names.join(", ")}.`,
      );
    }
  }
  const isSimple = to.variants.length === 1 && to.variants.every(({ isServerless }) => !isServerless);
  if (policy?.rollingUpdatePolicy !== undefined && !isSimple && account.holds("rolling-needs-one-variant")) {
    throw invalid("A rolling deployment needs exactly one variant, with instances.");
  }
}

/** An alarm fires: the deployments that name it are taken back. */
export function rollBackBy(account: Account, alarm: string): void {
  if (!account.holds("alarms-roll-back")) return;
  const { endpoints } = account.holdings;
  for (const endpoint of Object.values(endpoints)) {
    const { deployment, status } = endpoint;
    const isWatched = status === "Updating" && alarmsOf(endpoint.deploymentConfig).includes(alarm);
    if (!isWatched || deployment?.kind !== "fleet" || deployment.ends <= account.seconds) continue;
    const ends = account.seconds + durations.rollback;
    endpoints[endpoint.name] = { ...endpoint, deployment: { ...deployment, ends, failure: failureBy(alarm) } };
  }
}

/** Endpoints of a configuration that was made again follow it: only where the rule that they do not is switched off. */
export function follow(account: Account, name: string): void {
  const { endpoints, configurations } = account.holdings;
  const to = configurations[name];
  if (to === undefined) return;
  for (const endpoint of Object.values(endpoints).filter(({ configName }) => configName === name)) {
    endpoints[endpoint.name] = { ...endpoint, variants: to.variants.map((each) => liveVariant(each)) };
  }
}

/** An endpoint once what goes on is over by the clock; undefined when it is deleted. */
export function settled(account: Account, endpoint: Endpoint): Endpoint | undefined {
  const { deployment, failureReason: _reason, ...rest } = endpoint;
  if (deployment === undefined || account.seconds < deployment.ends) return endpoint;
  if (deployment.kind === "deletion") return undefined;
  if (deployment.kind === "weights") return { ...rest, status: "InService", variants: rest.variants.map(arrived) };
  const { to, failure } = deployment;
  if (failure !== undefined) {
    return { ...rest, status: endpoint.status === "Creating" ? "Failed" : "InService", failureReason: failure };
  }
  const keeps = (name: string): LiveVariant | undefined =>
    account.holds("weights-reset") ? undefined : rest.variants.find((each) => each.name === name);
  const variants = to.variants.map((each) => liveVariant(each, keeps(each.variantName)));
  return { ...rest, status: "InService", configName: to.name, variants };
}

const arrived = (variant: LiveVariant): LiveVariant => ({
  ...variant,
  currentWeight: variant.desiredWeight,
  ...(variant.desiredInstanceCount === undefined ? {} : { currentInstanceCount: variant.desiredInstanceCount }),
});

function liveVariant(configured: ConfiguredVariant, kept?: LiveVariant): LiveVariant {
  const { variantName: name, modelName, initialVariantWeight, initialInstanceCount } = configured;
  const weight = kept?.desiredWeight ?? initialVariantWeight;
  const count = kept?.desiredInstanceCount ?? initialInstanceCount;
  return {
    name,
    ...(modelName === undefined ? {} : { modelName }),
    currentWeight: weight,
    desiredWeight: weight,
    ...(count === undefined ? {} : { currentInstanceCount: count, desiredInstanceCount: count }),
  };
}
