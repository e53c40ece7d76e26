import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Action,
  graceMs,
  type History,
  longestBackoffMs,
  longestPauseMs,
  nextStartAt,
  type Running,
  reconcile,
  startSpacingMs,
  type Wanted,
} from "../../../../components/platforms/local/supervisor/reconcile.ts";

const want = (instance = "a"): Wanted => ({ name: "v1", instance });
const runs = (pid: number, over: Partial<Running> = {}): Running => ({
  name: "v1",
  instance: "a",
  pid,
  startedAt: 0,
  ...over,
});
const ready = (pid: number, over: Partial<Running> = {}): Running => runs(pid, { readyAt: 1, ...over });
const past = (over: Partial<History> = {}): History => ({
  name: "v1",
  instance: "a",
  failures: 0,
  lastStartAt: 0,
  lastEndAt: 0,
  ...over,
});
const start = (instance: string, takeover: boolean): Action => ({ kind: "start", name: "v1", instance, takeover });
const stop = (pid: number, force = false): Action => ({ kind: "stop", name: "v1", pid, force });

describe("what is wanted", () => {
  test("is started when nothing of it lives", () => {
    expect(reconcile([want()], [], [], 0)).toEqual([start("a", false)]);
  });

  test("is left alone while it lives, ready or not", () => {
    expect(reconcile([want()], [runs(1)], [], 0)).toEqual([]);
    expect(reconcile([want()], [ready(1)], [], 1e9)).toEqual([]);
  });

  test("in another instance starts beside the one that serves, which stays", () => {
    expect(reconcile([want("b")], [ready(1)], [past()], 0)).toEqual([start("b", true)]);
    expect(reconcile([want("b")], [ready(1), runs(2, { instance: "b" })], [], 0)).toEqual([]);
  });

  test("once it is ready ends the one before", () => {
    expect(reconcile([want("b")], [ready(1), ready(2, { instance: "b" })], [], 0)).toEqual([stop(1)]);
  });

  test("ends at once an instance that never served", () => {
    expect(reconcile([want("c")], [ready(1), runs(2, { instance: "b" })], [], 0)).toEqual([stop(2), start("c", true)]);
  });

  test("starts while its predecessor is being ended", () => {
    expect(reconcile([want("b")], [ready(1, { stoppingAt: 0 })], [], 1)).toEqual([start("b", true)]);
  });

  test("is wanted once: of two the one that is ready stays, then the older one", () => {
    expect(reconcile([want()], [runs(1), ready(2)], [], 0)).toEqual([stop(1)]);
    expect(reconcile([want()], [runs(1, { startedAt: 5 }), runs(2, { startedAt: 4 })], [], 9)).toEqual([stop(1)]);
  });
});

describe("what is not wanted", () => {
  test("is asked to end, once", () => {
    expect(reconcile([], [ready(1)], [], 0)).toEqual([stop(1)]);
    expect(reconcile([], [ready(1, { stoppingAt: 0 })], [], graceMs - 1)).toEqual([]);
  });

  test("is ended by force after the grace", () => {
    expect(reconcile([], [ready(1, { stoppingAt: 5 })], [], graceMs + 5)).toEqual([stop(1, true)]);
  });

  test("is forgotten when nothing of it lives", () => {
    expect(reconcile([], [], [past()], 0)).toEqual([{ kind: "forget", name: "v1" }]);
  });
});

describe("the next start", () => {
  test("after the end of a process that had served is at once, at most half a second after the last start", () => {
    expect(nextStartAt(want(), past({ lastStartAt: 100, lastEndAt: 9_000 }))).toBe(9_000);
    expect(nextStartAt(want(), past({ lastStartAt: 100, lastEndAt: 200 }))).toBe(100 + startSpacingMs);
  });

  test("waits longer with every end before it was ready, up to two seconds", () => {
    const waits = [1, 2, 3, 4, 5, 6, 60].map((failures) =>
      nextStartAt(want(), past({ failures, lastStartAt: -500, lastEndAt: 0 })),
    );
    expect(waits).toEqual([500, 500, 500, 800, 1600, 2000, 2000]);
  });

  test("of what takes long to fail waits as long as that took, up to five minutes", () => {
    const waitAfter = (took: number) => nextStartAt(want(), past({ failures: 1, lastStartAt: -took, lastEndAt: 0 }));
    expect([400, 30_000, 1e6].map(waitAfter)).toEqual([400, 30_000, 300_000]);
  });

  test("of another instance does not wait for the failures of the one before", () => {
    expect(reconcile([want("b")], [], [past({ failures: 9, lastEndAt: 1_000 })], 1_000)).toEqual([start("b", false)]);
    expect(reconcile([want("a")], [], [past({ failures: 9, lastEndAt: 1_000 })], 1_000)).toEqual([]);
  });

  test("is never later than the longest backoff after the end, and never breaks the spacing", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(1e6), fc.nat(1e6), (failures, lastStartAt, lived) => {
        const lastEndAt = lastStartAt + lived;
        const next = nextStartAt(want(), past({ failures, lastStartAt, lastEndAt }));
        expect(next).toBeGreaterThanOrEqual(Math.max(lastEndAt, lastStartAt + startSpacingMs));
        expect(next).toBeLessThanOrEqual(lastEndAt + Math.max(longestBackoffMs, Math.min(lived, longestPauseMs)));
      }),
    );
  });
});

test("from any state it comes to rest with exactly what is wanted, and the ready one of it never stops", () => {
  const anyRunning = fc.record({
    instance: fc.constantFrom("a", "b", "c"),
    ready: fc.boolean(),
    stopping: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.option(fc.constantFrom("a", "b")), fc.array(anyRunning, { maxLength: 4 }), (instance, found) => {
      const wanted = instance === null ? [] : [want(instance)];
      let live: readonly Running[] = found.map((each, index) =>
        runs(index + 1, {
          instance: each.instance,
          ...(each.ready ? { readyAt: 0 } : {}),
          ...(each.stopping ? { stoppingAt: 0 } : {}),
        }),
      );
      const serving = live.some((each) => each.readyAt !== undefined && each.stoppingAt === undefined);
      let gap = false;
      for (let now = 0; now < 20; now++) {
        for (const action of reconcile(wanted, live, [], now)) {
          if (action.kind === "start") live = [...live, runs(100 + now, { instance: action.instance, startedAt: now })];
          if (action.kind === "stop")
            live = live.map((each) => (each.pid === action.pid ? { ...each, stoppingAt: now } : each));
        }
        gap ||= !live.some((each) => each.readyAt !== undefined && each.stoppingAt === undefined);
        live = live.filter((each) => each.stoppingAt === undefined).map((each) => ({ readyAt: now, ...each }));
      }
      expect(live.map((each) => each.instance)).toEqual(instance === null ? [] : [instance]);
      if (serving && instance !== null) expect(gap).toBe(false);
    }),
  );
});
