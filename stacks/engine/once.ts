import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Claim, claimInTurn } from "../../components/host/claim.ts";
import { messageOf } from "../../components/host/host-error.ts";
import { stopwatch } from "./stopwatch.ts";

const CLAIM_POLL_MILLISECONDS = 500;

/** Why something could not be made on this machine. */
export interface NotMade {
  readonly refused: string;
}

/** A folder of the cache that takes minutes to fill, and that any number of processes may want at once. */
export interface Making<Made> {
  /** Where it stands; it appears there by one rename, complete. */
  readonly directory: string;
  /** What it holds, as a noun: "the Pulumi engine". */
  readonly what: string;
  /** Hears one line of text at least every ten seconds while another process makes it. */
  readonly progress: (line: string) => void;
  /** What stands there already, if it can be used. */
  readonly find: () => Promise<Made | undefined>;
  /** Fills an empty folder that is renamed afterwards. */
  readonly make: (folder: string) => Promise<Made | NotMade>;
}

/** Gives what stands in the folder, fills it, or waits for the process that does; tells why if this machine cannot. */
export async function makeOnce<Made extends object>(making: Making<Made>): Promise<Made | NotMade> {
  const root = dirname(making.directory);
  try {
    await mkdir(root, { recursive: true });
    await access(root, constants.W_OK);
  } catch (error) {
    return { refused: `${root} cannot be written (${messageOf(error)})` };
  }
  const claim = await waitForClaim(making);
  try {
    return (await making.find()) ?? (await fill(making));
  } finally {
    claim.release();
  }
}

function waitForClaim({ directory, what, progress }: Making<object>): Promise<Claim> {
  const clock = stopwatch();
  return claimInTurn(`${directory}.lock`, {
    everyMs: CLAIM_POLL_MILLISECONDS,
    waiting({ pid }) {
      if (clock.due()) progress(`Process ${pid} is building ${what}; waiting (${clock.seconds()} s).`);
    },
  });
}

/** Runs under the claim. The folder appears whole or not at all, whatever happens to this process. */
async function fill<Made extends object>({ directory, make }: Making<Made>): Promise<Made | NotMade> {
  await removeUnfinished(directory);
  const unfinished = await mkdtemp(unfinishedPrefix(directory));
  try {
    const made = await make(unfinished);
    if ("refused" in made) return made;
    await rm(directory, { recursive: true, force: true });
    await rename(unfinished, directory);
    return made;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

const unfinishedPrefix = (directory: string): string => `${directory}.unfinished-`;

async function removeUnfinished(directory: string): Promise<void> {
  const prefix = basename(unfinishedPrefix(directory));
  const names = await readdir(dirname(directory));
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    await rm(join(dirname(directory), name), { recursive: true, force: true });
  }
}
