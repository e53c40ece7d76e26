import type { Account } from "../account.ts";
import { recordsOf } from "../data.ts";
import type { Role } from "../holdings.ts";
import { Refused } from "../refused.ts";

/** What a program says of a role. */
export type NewRole = Pick<Role, "name" | "path" | "trust" | "maxSessionDuration"> & {
  readonly description?: string | undefined;
  readonly boundary?: string | undefined;
};

/** The ARN of a role, with its path. */
export const roleArn = (account: Account, { path, name }: Pick<Role, "path" | "name">): string =>
  account.arn("iam", `role${path}${name}`, "");

/** @throws Refused where the name is taken */
export function createRole(account: Account, { description, boundary, ...asked }: NewRole): Role {
  const { roles } = account.holdings;
  if (roles[asked.name] !== undefined && account.holds("names-are-taken")) {
    throw new Refused("EntityAlreadyExists", `Role with name ${asked.name} already exists.`, 409);
  }
  const role: Role = {
    ...asked,
    ...(description === undefined ? {} : { description }),
    ...(boundary === undefined ? {} : { boundary }),
    uniqueId: `AROA${String(account.next()).padStart(17, "0")}`,
    createDate: account.now,
    policies: {},
    attached: [],
  };
  roles[role.name] = role;
  return role;
}

/** @throws Refused where there is no such role */
export function roleNamed(account: Account, name: string): Role {
  const role = account.holdings.roles[name];
  if (role === undefined) throw new Refused("NoSuchEntity", `The role with name ${name} cannot be found.`, 404);
  return role;
}

/** Changes a role. @throws Refused where there is no such role */
export function changeRole(account: Account, name: string, changed: Partial<Role>): Role {
  const role = { ...roleNamed(account, name), ...changed };
  account.holdings.roles[name] = role;
  return role;
}

/** Writes an inline policy over what has its name. @throws Refused where there is no such role */
export const putRolePolicy = (account: Account, name: string, policy: string, text: string): Role =>
  changeRole(account, name, { policies: { ...roleNamed(account, name).policies, [policy]: text } });

/** Takes an inline policy away; one that is not there, or whose role is not, is gone already. */
export function deleteRolePolicy(account: Account, name: string, policy: string): void {
  const role = account.holdings.roles[name];
  if (role === undefined) return;
  const { [policy]: _gone, ...policies } = role.policies;
  changeRole(account, name, { policies });
}

/** @throws Refused while it has policies */
export function deleteRole(account: Account, name: string): void {
  const role = account.holdings.roles[name];
  if (role === undefined) return;
  const holds = Object.keys(role.policies).length + role.attached.length;
  if (holds > 0 && account.holds("role-holds-policies")) {
    throw new Refused("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409);
  }
  delete account.holdings.roles[name];
}

/** Whether a service may take a role. A role of another account is none that it may take. */
export function isTrustedBy(account: Account, arn: string, service: string): boolean {
  const role = Object.values(account.holdings.roles).find((each) => roleArn(account, each) === arn);
  if (role === undefined) return false;
  const { Statement } = JSON.parse(role.trust) as { readonly Statement?: unknown };
  const statements = Array.isArray(Statement) ? recordsOf(Statement) : recordsOf([Statement]);
  return statements.some(({ Effect, Principal }) => {
    const named = (Principal as { readonly Service?: unknown } | undefined)?.Service;
    return Effect === "Allow" && (Array.isArray(named) ? named.includes(service) : named === service);
  });
}
