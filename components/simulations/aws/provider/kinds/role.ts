import { type Data, recordsOf } from "../../account/data.ts";
import type { Role } from "../../account/holdings.ts";
import {
  changeRole,
  createRole,
  deleteRole,
  deleteRolePolicy,
  putRolePolicy,
  roleArn,
  roleNamed,
} from "../../account/iam/role.ts";
import type { Cloud } from "../cloud.ts";
import type { AwsType } from "../kind.ts";

const inlineOf = (inputs: Data): Readonly<Record<string, string>> =>
  Object.fromEntries(recordsOf(inputs.inlinePolicies).map(({ name, policy }) => [String(name), String(policy)]));

const attachedOf = ({ managedPolicyArns = [] }: Data): readonly string[] => managedPolicyArns as readonly string[];

const saidOf = (
  inputs: Data,
): Pick<Role, "trust" | "maxSessionDuration"> & { readonly description?: string; readonly boundary?: string } => ({
  trust: String(inputs.assumeRolePolicy),
  maxSessionDuration: Number(inputs.maxSessionDuration),
  ...(inputs.description === undefined ? {} : { description: String(inputs.description) }),
  ...(inputs.permissionsBoundary === undefined ? {} : { boundary: String(inputs.permissionsBoundary) }),
});

/** Policies that a role says itself. Where it says some, it has no others. */
function setPolicies(cloud: Cloud, inputs: Data): void {
  cloud.use((account) => {
    const name = String(inputs.name);
    const [inline, attached] = [inlineOf(inputs), attachedOf(inputs)];
    const isExclusive = inputs.inlinePolicies !== undefined && account.holds("inline-policies-are-exclusive");
    const others = Object.keys(roleNamed(account, name).policies).filter((policy) => !Object.hasOwn(inline, policy));
    for (const policy of isExclusive ? others : []) deleteRolePolicy(account, name, policy);
    for (const [policy, text] of Object.entries(inline)) putRolePolicy(account, name, policy, text);
    if (inputs.managedPolicyArns !== undefined) changeRole(account, name, { attached });
  });
}

/** Source: terraform-provider-aws internal/service/iam/role.go@0040ea6911 */
export const role: AwsType = {
  type: "iam/role:Role",
  label: "IAM Role",
  autoName: { property: "name" },
  create(cloud, inputs) {
    const made = cloud.use((account) => {
      const path = String(inputs.path);
      const role = createRole(account, { ...saidOf(inputs), name: String(inputs.name), path });
      return { arn: roleArn(account, role), uniqueId: role.uniqueId, createDate: role.createDate };
    });
    setPolicies(cloud, inputs);
    return made;
  },
  read: ({ holdings: { roles } }, { name }) => {
    const found = roles[String(name)];
    return found && { assumeRolePolicy: found.trust, maxSessionDuration: found.maxSessionDuration };
  },
  update(cloud, news) {
    cloud.use((account) => {
      const { description: _description, boundary: _boundary, ...rest } = roleNamed(account, String(news.name));
      account.holdings.roles[rest.name] = { ...rest, ...saidOf(news) };
    });
    setPolicies(cloud, news);
    return {};
  },
  delete(cloud, state) {
    cloud.use((account) => {
      const name = String(state.name);
      const isOwn = state.inlinePolicies !== undefined || state.managedPolicyArns !== undefined;
      const isThere = account.holdings.roles[name] !== undefined;
      if (isThere && (state.forceDetachPolicies === true || isOwn))
        changeRole(account, name, { policies: {}, attached: [] });
      deleteRole(account, name);
    });
  },
};
