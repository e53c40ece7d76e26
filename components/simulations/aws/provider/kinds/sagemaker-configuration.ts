import { type Data, recordsOf } from "../../account/data.ts";
import type { ConfiguredVariant } from "../../account/holdings.ts";
import { configurationArn, createConfiguration, deleteConfiguration } from "../../account/sagemaker/configuration.ts";
import type { Cloud } from "../cloud.ts";
import type { AwsType } from "../kind.ts";
import { random } from "../names.ts";

const LISTS = ["productionVariants", "shadowProductionVariants"] as const;

const variantOf = (said: Data): ConfiguredVariant => ({
  variantName: String(said.variantName),
  ...(said.modelName === undefined ? {} : { modelName: String(said.modelName) }),
  initialVariantWeight: Number(said.initialVariantWeight ?? 1),
  ...(said.initialInstanceCount === undefined ? {} : { initialInstanceCount: Number(said.initialInstanceCount) }),
  isServerless: said.serverlessConfig !== undefined,
});

/** Variants as the provider sends them and reads them back. */
const kept = (cloud: Cloud, said: unknown): readonly Data[] =>
  recordsOf(said).map((each, index) => ({
    ...each,
    variantName:
      each.variantName ?? (cloud.holds("random-variant-names") ? `terraform-${random(26)}` : `variant-${index}`),
    ...(typeof each.initialVariantWeight === "number" && cloud.holds("float-weights")
      ? { initialVariantWeight: Math.fround(each.initialVariantWeight) }
      : {}),
  }));

/** Source: terraform-provider-aws internal/service/sagemaker/endpoint_configuration.go@b242713b84 */
export const sagemakerConfiguration: AwsType = {
  type: "sagemaker/endpointConfiguration:EndpointConfiguration",
  label: "SageMaker AI Endpoint Configuration",
  autoName: { property: "name" },
  create(cloud, inputs) {
    const lists = Object.fromEntries(
      LISTS.filter((list) => inputs[list] !== undefined).map((list) => [list, kept(cloud, inputs[list])]),
    );
    const name = String(inputs.name);
    return cloud.use((account) => {
      const variants = recordsOf(lists.productionVariants).map(variantOf);
      createConfiguration(account, {
        name,
        variants,
        shadows: recordsOf(lists.shadowProductionVariants).map(variantOf),
      });
      return { ...lists, arn: configurationArn(account, name), region: account.region };
    });
  },
  read: (account, { name }) => account.holdings.configurations[String(name)] && {},
  delete: (cloud, { name }) => cloud.use((account) => deleteConfiguration(account, String(name))),
};
