import type { Account } from "../account.ts";
import type { Model } from "../holdings.ts";
import { isTrustedBy } from "../iam/role.ts";
import { invalid } from "../refused.ts";

/** The ARN of a model. */
export const modelArn = (account: Account, name: string): string => account.arn("sagemaker", `model/${name}`);

/** @throws Refused where the name is taken or the role cannot be taken */
export function createModel(account: Account, model: Model): void {
  const { models } = account.holdings;
  if (models[model.name] !== undefined && account.holds("names-are-taken")) {
    throw invalid(`Cannot create already existing model "${modelArn(account, model.name)}".`);
  }
  const role = model.executionRoleArn;
  if (account.holds("role-is-assumed") && !isTrustedBy(account, role, "sagemaker.amazonaws.com")) {
    throw invalid(
      `Could not assume role ${role}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    );
  }
  models[model.name] = model;
}

/** One that is not there is gone already. Whether a configuration names it is not asked. */
export function deleteModel(account: Account, name: string): void {
  delete account.holdings.models[name];
}

/** Whether its containers start: an image of a registry under `.invalid` cannot be pulled. */
export const starts = ({ containers }: Model): boolean =>
  containers.every(({ image }) => !/^[^/]*\.invalid(:\d+)?\//.test(String(image ?? "")));
