import type { Account } from "../account.ts";
import type { Configuration } from "../holdings.ts";
import { invalid } from "../refused.ts";
import { follow } from "./deployment.ts";

/** The ARN of an endpoint configuration. */
export const configurationArn = (account: Account, name: string): string =>
  account.arn("sagemaker", `endpoint-config/${name}`);

/** @throws Refused with everything that is wrong with it */
export function createConfiguration(account: Account, configuration: Configuration): void {
  const { name, variants, shadows } = configuration;
  const { configurations, models } = account.holdings;
  if (configurations[name] !== undefined && account.holds("names-are-taken")) {
    throw invalid(`Cannot create already existing endpoint configuration "${configurationArn(account, name)}".`);
  }
  const all = [...variants, ...shadows];
  const [missing] = all.flatMap(({ modelName }) =>
    modelName !== undefined && models[modelName] === undefined ? [modelName] : [],
  );
  if (missing !== undefined && account.holds("model-exists")) {
    throw invalid(`Could not find model "${account.arn("sagemaker", `model/${missing}`)}".`);
  }
  if (shadows.length > 0 && (variants.length !== 1 || shadows.length !== 1) && account.holds("shadow-is-one-and-one")) {
    throw invalid(
      `A shadow variant needs exactly one production variant beside it; there are ${variants.length} and ${shadows.length} shadow variants.`,
    );
  }
  const mixed = all.find(
    ({ initialInstanceCount, isServerless }) => (initialInstanceCount !== undefined) === isServerless,
  );
  if (mixed !== undefined && account.holds("capacity-is-one-of-two")) {
    const has = mixed.isServerless ? "both instances and" : "neither instances nor";
    throw invalid(`Variant ${mixed.variantName} has ${has} a serverless configuration.`);
  }
  if (new Set(all.map(({ variantName }) => variantName)).size < all.length) {
    throw invalid("Two variants have the same name.");
  }
  configurations[name] = configuration;
  if (!account.holds("same-name-starts-nothing")) follow(account, name);
}

/** @throws Refused only where the rule that lets it go is switched off */
export function deleteConfiguration(account: Account, name: string): void {
  const { configurations, endpoints } = account.holdings;
  const user = Object.values(endpoints).find((each) => each.configName === name);
  if (user !== undefined && !account.holds("configuration-deleted-in-use")) {
    throw invalid(`Endpoint configuration "${name}" is used by endpoint "${user.name}".`);
  }
  delete configurations[name];
}
