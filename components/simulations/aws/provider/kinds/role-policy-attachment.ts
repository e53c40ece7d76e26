import { changeRole, roleNamed } from "../../account/iam/role.ts";
import type { AwsType } from "../kind.ts";

/** Source: terraform-provider-aws internal/service/iam/role_policy_attachment.go@53e740ca07 */
export const rolePolicyAttachment: AwsType = {
  type: "iam/rolePolicyAttachment:RolePolicyAttachment",
  label: "IAM Role Policy Attachment",
  nameOf: ({ role, policyArn }) => `${role}/${policyArn}`,
  create(cloud, { role, policyArn }) {
    cloud.use((account) => {
      const { name, attached } = roleNamed(account, String(role));
      changeRole(account, name, { attached: [...new Set([...attached, String(policyArn)])] });
    });
    return {};
  },
  read: ({ holdings: { roles } }, { role, policyArn }) =>
    roles[String(role)]?.attached.includes(String(policyArn)) ? {} : undefined,
  delete(cloud, { role, policyArn }) {
    cloud.use((account) => {
      const found = account.holdings.roles[String(role)];
      if (found === undefined) return;
      changeRole(account, found.name, { attached: found.attached.filter((each) => each !== policyArn) });
    });
  },
};
