import type { ChildProcess } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { writeJsonAtomic } from "../../../host/atomic-file.ts";
import { identify, isAlive, readActivity, signalProcess } from "../../../host/process-identity.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { logPath, statusPath, supervisorLogPath } from "../state-folder/paths.ts";
import { findEarlierProcesses, readEarlierStatuses } from "./adopt.ts";
import { askForSuccessor } from "./ask-for-successor.ts";
import { endAbandoned } from "./end-abandoned.ts";
import { HungWatch } from "./hung-watch.ts";
import { launch } from "./launch.ts";
import { boundLog, logSize, readLogTail } from "./process-log.ts";
import type { ProcessExit, ProcessSpec } from "./process-spec.ts";
import { type LiveProcess, type Past, statusOf } from "./process-status.ts";
import { isReady } from "./ready-probe.ts";
import { type Action, type Running, reconcile } from "./reconcile.ts";
import { SpecReader } from "./spec-watch.ts";

// Where there is no /proc, looking for a process means to start one.
const lookForEndsEveryMs = process.platform === "linux" ? 100 : 1_000;
const boundLogsEveryMs = 5_000;

/**
 * Keeps the processes of one state folder as its specs want them. Level-triggered: `tick` looks at everything and does
 * what is due, so that a missed event costs one more tick at most.
 */
export class Supervisor {
  readonly #folder: StateFolder;
  readonly #log: (line: string) => void;
  /** Called when something happened that is not to wait for the next tick. */
  readonly #wake: () => void;
  readonly #specs: SpecReader;
  #wanted: readonly ProcessSpec[] = [];
  #live: readonly LiveProcess[] = [];
  #pasts: ReadonlyMap<string, Past> = new Map();
  readonly #writtenStatuses = new Map<string, string>();
  readonly #probing = new Set<number>();
  /** Names whose serving process was asked to start its successor. */
  readonly #handingOver = new Set<string>();
  readonly #hungWatch = new HungWatch((pid) => this.#endHung(pid));
  #lookedForEndsAt = Number.NEGATIVE_INFINITY;
  #boundLogsAt = Number.NEGATIVE_INFINITY;

  constructor(folder: StateFolder, log: (line: string) => void, wake: () => void) {
    this.#folder = folder;
    this.#log = log;
    this.#wake = wake;
    this.#specs = new SpecReader(folder, log);
    this.#adopt();
  }

  /** Nothing is wanted and nothing lives. */
  get idle(): boolean {
    if (this.#live.length > 0) return false;
    const { specs, unreadable } = this.#specs.read();
    return specs.length === 0 && unreadable.length === 0;
  }

  /** Something is about to change, so that the next tick is wanted soon. */
  get restless(): boolean {
    return this.#live.some(({ readyAt, stoppingAt }) => readyAt === undefined || stoppingAt !== undefined);
  }

  tick(): void {
    const now = performance.now();
    const { specs, unreadable } = this.#specs.read();
    this.#wanted = specs;
    if (now - this.#lookedForEndsAt >= lookForEndsEveryMs) {
      this.#lookedForEndsAt = now;
      this.#lookForEnds();
    }
    // What is unreadable is no wish to end what serves.
    const actions = reconcile(specs, this.#live, [...this.#pasts.values()], now);
    for (const action of actions) if (!unreadable.includes(action.name)) this.#perform(action);
    for (const live of this.#live) this.#probe(live);
    this.#writeStatuses();
    if (now - this.#boundLogsAt >= boundLogsEveryMs) {
      this.#boundLogsAt = now;
      for (const log of [supervisorLogPath, ...this.#live.map(({ name }) => logPath(name))])
        boundLog(this.#folder.path(log));
    }
  }

  #adopt(): void {
    const now = performance.now();
    const statuses = readEarlierStatuses(this.#folder);
    this.#pasts = new Map(
      statuses.map(({ name, instance, failures, restarts, lastExit }) => [
        name,
        {
          name,
          instance,
          failures,
          restarts,
          lastStartAt: Number.NEGATIVE_INFINITY,
          lastEndAt: Number.NEGATIVE_INFINITY,
          ...(lastExit === undefined ? {} : { lastExit }),
        },
      ]),
    );
    const wantedNames = new Set(this.#specs.read().specs.map(({ name }) => name));
    const earlier = findEarlierProcesses(this.#folder, statuses, wantedNames, new Date().toISOString());
    this.#live = earlier.map(({ name, instance, identity, startedAt, readyAt }) => ({
      name,
      instance,
      identity,
      pid: identity.pid,
      startedAt: now,
      startedAtText: startedAt,
      ...(readyAt === undefined ? {} : { readyAt: now, readyAtText: readyAt }),
      logStart: 0,
    }));
    for (const { name, pid } of this.#live) this.#log(`${name}: adopted, pid ${pid}`);
    this.#endAbandoned();
  }

  #perform(action: Action): void {
    if (action.kind === "start") this.#start(action.name, action.takeover);
    else if (action.kind === "stop") this.#stop(action.pid, action.force);
    else this.#forget(action.name);
  }

  #start(name: string, takeover: boolean): void {
    const spec = this.#wanted.find((each) => each.name === name);
    if (spec === undefined || this.#handingOver.has(name)) return;
    const now = performance.now();
    const past = this.#pasts.get(name);
    const again = past?.instance === spec.instance;
    this.#remember({
      ...(again ? past : { name, instance: spec.instance, failures: 0, lastEndAt: Number.NEGATIVE_INFINITY }),
      restarts: again ? past.restarts + 1 : 0,
      lastStartAt: now,
    });
    if (takeover && spec.succession !== undefined) void this.#handOver(spec);
    else this.#launch(spec, takeover);
  }

  /** The process that serves starts its successor and gives it its listening sockets, so that no connection is lost. */
  async #handOver(spec: ProcessSpec): Promise<void> {
    this.#handingOver.add(spec.name);
    const logStart = logSize(this.#folder.path(logPath(spec.name)));
    const predecessors = this.#live
      .filter(({ name }) => name === spec.name)
      .map(({ pid }) => ({ pid, used: readActivity(pid)?.used }));
    const successor = await askForSuccessor(this.#folder, spec);
    this.#handingOver.delete(spec.name);
    if (typeof successor === "number") this.#note(spec, successor, logStart);
    else {
      // One that does nothing would go on taking connections beside its successor, and answer none.
      if (successor === "hangs") for (const { pid, used } of predecessors) if (isIdle(pid, used)) this.#endHung(pid);
      this.#launch(spec, true);
    }
    this.#wake();
  }

  #launch(spec: ProcessSpec, takeover: boolean): void {
    const logStart = logSize(this.#folder.path(logPath(spec.name)));
    const child = launch(this.#folder, spec, { takeover });
    const { pid } = child;
    if (pid === undefined) {
      child.once("error", (error) => this.#noteFailure(spec, { at: new Date().toISOString(), log: [error.message] }));
      return;
    }
    this.#note(spec, pid, logStart, child);
    child.once("exit", (code, signal) => this.#noteEnd(pid, code, signal));
  }

  #note({ name, instance }: ProcessSpec, pid: number, logStart: number, child?: ChildProcess): void {
    const live: LiveProcess = {
      ...{ name, instance, pid, logStart, startedAt: performance.now(), startedAtText: new Date().toISOString() },
      // One that has ended already is no process any more; its exit is told in a moment.
      identity: identify(pid) ?? { pid, startTime: "", bootId: "" },
      ...(child === undefined ? {} : { child }),
    };
    this.#live = [...this.#live, live];
    this.#log(`${name}: started, pid ${pid}${child === undefined ? ", by the one it replaces" : ""}`);
  }

  #stop(pid: number, force: boolean): void {
    const live = this.#live.find((each) => each.pid === pid);
    if (live === undefined) return;
    signalProcess(live.identity, force ? "SIGKILL" : "SIGTERM");
    if (live.stoppingAt !== undefined) return;
    this.#log(`${live.name}: asked to end, pid ${pid}`);
    this.#replace(pid, { ...live, stoppingAt: performance.now(), stoppingAtText: new Date().toISOString() });
  }

  #forget(name: string): void {
    const past = this.#pasts.get(name);
    this.#pasts = new Map([...this.#pasts].filter(([key]) => key !== name));
    this.#writtenStatuses.delete(name);
    rmSync(this.#folder.path(statusPath(name)), { force: true });
    if (past !== undefined) this.#log(`${name}: gone`);
  }

  #probe(live: LiveProcess): void {
    const spec = this.#wanted.find(({ name, instance }) => name === live.name && instance === live.instance);
    if (spec === undefined || live.stoppingAt !== undefined || this.#probing.has(live.pid)) return;
    if (live.readyAt !== undefined) {
      this.#hungWatch.look(live.identity, spec.ready, performance.now());
      return;
    }
    this.#probing.add(live.pid);
    void isReady(spec.ready, live.instance).then((ready) => {
      this.#probing.delete(live.pid);
      if (ready) this.#noteReady(live.pid);
    });
  }

  #noteReady(pid: number): void {
    const live = this.#live.find((each) => each.pid === pid);
    if (live === undefined) return;
    this.#replace(pid, { ...live, readyAt: performance.now(), readyAtText: new Date().toISOString() });
    const past = this.#pasts.get(live.name);
    if (past?.instance === live.instance) this.#remember({ ...past, failures: 0 });
    this.#log(`${live.name}: ready, pid ${pid}`);
    this.#wake();
  }

  #endHung(pid: number): void {
    const live = this.#live.find((each) => each.pid === pid);
    if (live === undefined || live.stoppingAt !== undefined) return;
    this.#log(`${live.name}: does not answer any more and is ended, pid ${pid}`);
    this.#replace(pid, { ...live, hung: true });
    signalProcess(live.identity, "SIGKILL");
  }

  #lookForEnds(): void {
    for (const { pid, identity, child } of this.#live)
      if (child === undefined && !isAlive(identity)) this.#noteEnd(pid, null, null);
  }

  #noteEnd(pid: number, code: number | null, signal: NodeJS.Signals | null): void {
    const live = this.#live.find((each) => each.pid === pid);
    if (live === undefined) return;
    this.#live = this.#live.filter((each) => each !== live);
    this.#hungWatch.forget(pid);
    this.#endAbandoned();
    const how = signal ?? (code === null ? "its exit code is not known" : `exit code ${code}`);
    this.#log(`${live.name}: ended, pid ${pid}, ${how}`);
    if (live.stoppingAt === undefined) {
      const exit: ProcessExit = {
        at: new Date().toISOString(),
        ...(code === null ? {} : { code }),
        ...(signal === null ? {} : { signal }),
        ...(live.hung === undefined ? {} : { hung: live.hung }),
        log: readLogTail(this.#folder.path(logPath(live.name)), live.logStart),
      };
      if (live.readyAt === undefined) this.#noteFailure(live, exit);
      else this.#noteExit(live, exit);
    }
    this.#wake();
  }

  #endAbandoned(): void {
    const ended = endAbandoned(this.#folder, new Set(this.#live.map(({ instance }) => instance)));
    if (ended > 0) this.#log(`${ended} processes of programs whose companion is gone: ended`);
  }

  #noteFailure(of: Pick<Running, "name" | "instance">, exit: ProcessExit): void {
    const past = this.#pasts.get(of.name);
    if (past?.instance !== of.instance) return;
    this.#remember({ ...past, failures: past.failures + 1, lastEndAt: performance.now(), lastExit: exit });
  }

  #noteExit(of: Pick<Running, "name" | "instance">, exit: ProcessExit): void {
    const past = this.#pasts.get(of.name);
    if (past?.instance !== of.instance) return;
    this.#remember({ ...past, lastEndAt: performance.now(), lastExit: exit });
  }

  #writeStatuses(): void {
    const at = new Date().toISOString();
    for (const name of new Set([...this.#wanted, ...this.#live].map((each) => each.name))) {
      const want = this.#wanted.find((each) => each.name === name);
      const processes = this.#live.filter((each) => each.name === name);
      const status = statusOf(name, want, processes, this.#pasts.get(name));
      const text = JSON.stringify(status);
      const path = this.#folder.path(statusPath(name));
      if (this.#writtenStatuses.get(name) === text && existsSync(path)) continue;
      writeJsonAtomic(path, { ...status, at });
      this.#writtenStatuses.set(name, text);
    }
  }

  #remember(past: Past): void {
    this.#pasts = new Map([...this.#pasts, [past.name, past]]);
  }

  #replace(pid: number, by: LiveProcess): void {
    this.#live = this.#live.map((each) => (each.pid === pid ? by : each));
  }
}

/** Whether it has not used a processor since, and does not wait for one. */
function isIdle(pid: number, usedBefore: string | undefined): boolean {
  const activity = readActivity(pid);
  return activity !== undefined && !activity.wantsToRun && activity.used === usedBefore;
}
