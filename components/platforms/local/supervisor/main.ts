import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Claim, claimHolder, takeClaim } from "../../../host/claim.ts";
import { messageOf } from "../../../host/host-error.ts";
import { identify, isAlive, isSameProcess, type ProcessIdentity } from "../../../host/process-identity.ts";
import { boundTo } from "../state-folder/bound.ts";
import { openStateFolder, type StateFolder } from "../state-folder/folder.ts";
import { directories } from "../state-folder/paths.ts";
import { listSpecNames } from "./process-names.ts";
import { removeSpec } from "./process-spec.ts";
import { watchSpecs } from "./spec-watch.ts";
import { Supervisor } from "./supervisor.ts";

// The supervisor process of one state folder: `node supervisor/main.js --folder <path>`. SIGTERM ends it alone: what it
// supervises goes on, and the next supervisor adopts it.

/** The longest time without a look at everything, in milliseconds. */
const tickEveryMs = 100;
const restlessTickEveryMs = 25;
/** Without any spec for this long it ends, in milliseconds: in one `up` a process may go before the next one comes. */
const lingerMs = 1_000;
const checkClaimEveryMs = 1_000;
/** What reads the state folder on another machine waits a minute without a sign of life. */
const touchClaimEveryMs = 5_000;

const { values } = parseArgs({ options: { folder: { type: "string" } } });
if (values.folder === undefined) throw new Error("usage: main.js --folder <state folder>");
const folder = openStateFolder(values.folder);
const self = identify(process.pid);
if (self === undefined) throw new Error(`cannot identify process ${process.pid}`);
const claims = folder.path(directories.supervisor);
const claim = takeClaim(claims, self);
if (claim === undefined) log("another supervisor is there already");
else supervise(folder, self, claim);

function supervise(folder: StateFolder, self: ProcessIdentity, taken: Claim): void {
  log("begins");
  let claim = taken;
  let timer: NodeJS.Timeout | undefined;
  let busyAt = performance.now();
  let claimCheckedAt = busyAt;
  let claimTouchedAt = busyAt;
  let trouble = "";
  const owner = boundTo(folder);
  const supervisor = new Supervisor(folder, log, () => schedule(0));
  watchSpecs(folder, () => schedule(0));
  process.once("SIGTERM", () => {
    claim.release();
    leave("asked to end; what it supervises goes on");
  });
  schedule(0);

  function schedule(milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(turn, milliseconds);
  }

  function turn(): void {
    try {
      checkClaim();
      if (isAbandoned()) for (const name of listSpecNames(folder)) removeSpec(folder, name);
      supervisor.tick();
      leaveWhenIdle();
      trouble = "";
    } catch (error) {
      // A full disk, say, must not end the watch over what serves; told once, not ten times a second.
      const seen = messageOf(error);
      if (seen !== trouble) log(seen);
      trouble = seen;
    }
    schedule(supervisor.restless ? restlessTickEveryMs : tickEveryMs);
  }

  function isAbandoned(): boolean {
    return owner !== undefined && !isAlive(owner);
  }

  // Another holder can only be there when somebody removed the files of the claim.
  function checkClaim(): void {
    const now = performance.now();
    if (now - claimCheckedAt < checkClaimEveryMs) return;
    claimCheckedAt = now;
    if (now - claimTouchedAt >= touchClaimEveryMs) {
      claimTouchedAt = now;
      claim.touch();
    }
    const holder = claimHolder(claims);
    if (holder !== undefined && !isSameProcess(holder, self)) leave("another supervisor is there");
  }

  // Gives the claim back first and looks again afterwards: who wrote a spec and then saw the claim held is noticed
  // here, and who comes later starts a supervisor.
  function leaveWhenIdle(): void {
    const now = performance.now();
    if (!supervisor.idle) busyAt = now;
    if (now - busyAt < lingerMs) return;
    claim.release();
    if (isAbandoned()) rmSync(folder.root, { recursive: true, force: true });
    if (supervisor.idle) leave("nothing is wanted any more");
    const again = takeClaim(claims, self);
    if (again === undefined) leave("another supervisor is there");
    claim = again;
    busyAt = now;
  }
}

function leave(why: string): never {
  log(why);
  process.exit(0);
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} supervisor ${process.pid}: ${line}`);
}
