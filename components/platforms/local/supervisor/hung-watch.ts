import { type ProcessIdentity, readActivity } from "../../../host/process-identity.ts";
import { afterQuestion, beginWatch, isHung, type Watched } from "./liveness.ts";
import type { ReadyProbe } from "./process-spec.ts";
import { answers } from "./ready-probe.ts";

const askEveryMs = 1_000;

interface Watch {
  readonly watched: Watched;
  readonly askedAt: number;
  readonly asking: boolean;
}

/** Asks ready processes again and again whether they still answer. */
export class HungWatch {
  readonly #hung: (pid: number) => void;
  readonly #watches = new Map<number, Watch>();

  /** @param hung is told of each process that does not answer any more, again if it then lives on */
  constructor(hung: (pid: number) => void) {
    this.#hung = hung;
  }

  /** Asks the process when it is time to. */
  look({ pid }: ProcessIdentity, probe: ReadyProbe, now: number): void {
    const { watched, askedAt, asking } = this.#watches.get(pid) ?? {
      ...{ watched: beginWatch(now), askedAt: Number.NEGATIVE_INFINITY, asking: false },
    };
    if (asking || now - askedAt < askEveryMs) return;
    this.#watches.set(pid, { watched, askedAt: now, asking: true });
    void answers(probe).then((answered) => this.#note(pid, answered));
  }

  forget(pid: number): void {
    this.#watches.delete(pid);
  }

  #note(pid: number, answered: boolean): void {
    const watch = this.#watches.get(pid);
    const activity = readActivity(pid);
    this.forget(pid);
    if (watch === undefined || activity === undefined) return;
    const now = performance.now();
    const watched = afterQuestion(watch.watched, answered, activity, now);
    if (isHung(watched, now)) this.#hung(pid);
    else this.#watches.set(pid, { ...watch, watched, asking: false });
  }
}
