import type { Account } from "../account.ts";
import type { LogGroup } from "../holdings.ts";
import { Refused } from "../refused.ts";

/** @throws Refused where the name is taken */
export function createLogGroup(account: Account, group: LogGroup): void {
  const { logGroups } = account.holdings;
  if (logGroups[group.name] !== undefined && account.holds("names-are-taken")) {
    throw new Refused("ResourceAlreadyExistsException", `The specified log group already exists: ${group.name}`);
  }
  logGroups[group.name] = group;
}
