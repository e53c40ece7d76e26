import type { Account } from "../../account/account.ts";
import { type Data, isRecord, recordOf, recordsOf } from "../../account/data.ts";
import type { Model } from "../../account/holdings.ts";
import { Refused } from "../../account/refused.ts";
import { createModel, deleteModel, modelArn } from "../../account/sagemaker/model.ts";
import type { Cloud } from "../cloud.ts";
import type { AwsType } from "../kind.ts";

/** Seconds for which a refusal may be a role's that is not known everywhere yet. */
const PATIENCE = 120;
const STEP = 30;

const modelOf = (inputs: Data): Model => ({
  name: String(inputs.name),
  executionRoleArn: String(inputs.executionRoleArn),
  containers: isRecord(inputs.primaryContainer) ? [inputs.primaryContainer] : recordsOf(inputs.containers),
  ...(isRecord(inputs.vpcConfig) ? { vpcConfig: inputs.vpcConfig } : {}),
});

/** Source: terraform-provider-aws internal/service/sagemaker/model.go@0cafd6b50f */
export const sagemakerModel: AwsType = {
  type: "sagemaker/model:Model",
  label: "SageMaker AI Model",
  autoName: { property: "name" },
  async create(cloud, inputs) {
    await patiently(cloud, (account) => createModel(account, modelOf(inputs)));
    return cloud.use((account) => ({ arn: modelArn(account, String(inputs.name)), region: account.region }));
  },
  read: (account, { name }) => {
    const model = account.holdings.models[String(name)];
    return model && { ...(model.vpcConfig === undefined ? {} : { vpcConfig: model.vpcConfig }) };
  },
  update(cloud, news, olds) {
    if (cloud.holds("model-update-does-nothing"))
      return recordOf(olds.vpcConfig) === olds.vpcConfig ? { vpcConfig: olds.vpcConfig } : {};
    cloud.use(({ holdings: { models } }) => {
      models[String(news.name)] = modelOf(news);
    });
    return {};
  },
  delete: (cloud, { name }) => cloud.use((account) => deleteModel(account, String(name))),
};

/** Tries again for two minutes whatever is refused, as the provider does for the sake of a fresh role. */
async function patiently(cloud: Cloud, work: (account: Account) => void): Promise<void> {
  for (let waited = 0; ; waited += STEP) {
    try {
      return cloud.use(work);
    } catch (error) {
      if (!(error instanceof Refused) || waited >= PATIENCE) throw error;
      await cloud.wait(STEP);
    }
  }
}
