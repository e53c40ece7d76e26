import { claimHolder, lastSignOfLife } from "../../../host/claim.ts";
import { readActivity, signalProcess } from "../../../host/process-identity.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { directories } from "../state-folder/paths.ts";
import { ensureSupervisor } from "../supervisor/ensure.ts";

/** So many looks in a row without a sign of life and without any work: it stands still. */
const stillLooks = 30;

/** The supervisor starts dead gateways; who starts a supervisor that is dead, or stands still, is the gateway. */
export class SupervisorWatch {
  readonly #folder: StateFolder;
  #seen = "";
  #looks = 0;
  #looking = false;

  constructor(folder: StateFolder) {
    this.#folder = folder;
  }

  /** To be called about once a second. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      this.#endStanding();
      await ensureSupervisor(this.#folder);
    } finally {
      this.#looking = false;
    }
  }

  #endStanding(): void {
    const claims = this.#folder.path(directories.supervisor);
    const holder = claimHolder(claims);
    const activity = holder && readActivity(holder.pid);
    if (holder === undefined || activity === undefined) return;
    const seen = `${holder.pid} ${lastSignOfLife(claims)} ${activity.used}`;
    this.#looks = seen === this.#seen && !activity.wantsToRun ? this.#looks + 1 : 0;
    this.#seen = seen;
    if (this.#looks < stillLooks) return;
    console.error(`supervisor: process ${holder.pid} stands still and is ended`);
    signalProcess(holder, "SIGKILL");
  }
}
