import { setTimeout } from "node:timers/promises";
import { Account, type AccountSettings } from "../account/account.ts";
import type { RuleName } from "../account/rules.ts";

/** The way to a simulated account. */
export interface Cloud {
  /** Does something in the account, and writes it down. */
  use<Result>(work: (account: Account) => Result): Result;
  /** Whether a rule holds. */
  holds(rule: RuleName): boolean;
  /** Lets seconds of the account's clock pass, in a moment. */
  wait(seconds: number): Promise<void>;
}

/** What a program does at once happens in a wait of one of its resources, and not after the last of them. Unit: ms. */
const MOMENT = 20;

/**
 * A simulated account kept in a folder. It is read again for each use: the engine starts a process for each provider of a
 * program, and all of them mean the same account.
 */
export function inFolder(settings: AccountSettings): Cloud {
  const { folder: _kept, ...inMemory } = settings;
  const rules = new Account(inMemory);
  const use: Cloud["use"] = (work) => {
    const account = new Account(settings);
    try {
      return work(account);
    } finally {
      account.save();
    }
  };
  return {
    use,
    holds: (rule) => rules.holds(rule),
    async wait(seconds) {
      await setTimeout(MOMENT);
      use((account) => account.advance(seconds));
    },
  };
}

/** The variables that say which account is meant. */
export interface AccountVariables {
  /** Folder of a simulated account, absolute. */
  readonly AWS_SIMULATION_FOLDER?: string;
  /** Rules of it that do not hold, by name, with commas between. */
  readonly AWS_SIMULATION_OFF?: string;
  /** Its region. @default eu-central-1 */
  readonly AWS_REGION?: string;
}

/** @throws Error that says which variable is missing */
export function cloudBy({
  AWS_SIMULATION_FOLDER: folder,
  AWS_SIMULATION_OFF: off = "",
  AWS_REGION: region,
}: AccountVariables): Cloud {
  if (folder === undefined) {
    throw new Error("Which account is simulated? Set AWS_SIMULATION_FOLDER to an absolute path where it is kept.");
  }
  const names = off.split(",").filter((name) => name !== "");
  return inFolder({ folder, off: names, ...(region === undefined ? {} : { region }) });
}
