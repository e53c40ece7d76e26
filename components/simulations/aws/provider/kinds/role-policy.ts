import { deleteRolePolicy, putRolePolicy } from "../../account/iam/role.ts";
import type { AwsType } from "../kind.ts";

/** Source: terraform-provider-aws internal/service/iam/role_policy.go@02f97af85f */
export const rolePolicy: AwsType = {
  type: "iam/rolePolicy:RolePolicy",
  label: "IAM Role Policy",
  autoName: { property: "name" },
  idOf: ({ role, name }) => `${role}:${name}`,
  create(cloud, { role, name, policy }) {
    cloud.use((account) => putRolePolicy(account, String(role), String(name), String(policy)));
    return {};
  },
  read({ holdings: { roles } }, { role, name }) {
    const policy = roles[String(role)]?.policies[String(name)];
    return policy === undefined ? undefined : { policy };
  },
  update(cloud, { role, name, policy }) {
    cloud.use((account) => putRolePolicy(account, String(role), String(name), String(policy)));
    return {};
  },
  delete: (cloud, { role, name }) => cloud.use((account) => deleteRolePolicy(account, String(role), String(name))),
};
