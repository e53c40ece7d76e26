import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { gatewayPaths } from "../../components/platforms/local/state-folder/paths.ts";
import {
  fillDisk,
  freeDisk,
  mayMountDisk,
  mountDisk,
  unmountDisk,
  warnNotTested,
} from "../platforms/local/state-folder/small-disk.ts";
import { pidOf, serverOf, statusOf } from "../support/serving.ts";
import {
  createStage,
  expectConvergence,
  expectNothingLeft,
  kill9,
  onlyV1,
  rollout,
  type Stage,
  until,
  untilReplaced,
} from "./stage.ts";

// The state folder on a disk of its own, which runs full under 200 requests a second.

const possible = mayMountDisk();
if (!possible) warnNotTested("up, servers and guards");

describe.skipIf(!possible)("on a full disk (NOT TESTED where this user may mount no tmpfs)", () => {
  let stage: Stage;
  let disk = "";
  const status = () => statusOf(stage.folder.root, "sentiment");
  const recordOf = () => readFileSync(stage.folder.path(gatewayPaths("sentiment").rollout), "utf8");
  const withCrash = () => ({ pins: { ...stage.pins, "v3-crash": stage.otherPins["v3-crash"] ?? "" } });

  beforeAll(async () => {
    stage = await createStage({
      first: onlyV1,
      prepare: ({ stateDir }) => {
        disk = mountDisk(4_096, stateDir) ?? "";
      },
    });
    return async () => {
      unmountDisk(disk);
      await stage[Symbol.asyncDispose]();
    };
  }, 120_000);

  test("up fails and says why, what serves goes on, and with some space it goes through", async () => {
    fillDisk(disk);
    stage.configure();
    const full = await stage.project.up("--skip-preview");
    expect(full.code).not.toBe(0);
    expect(full.output).toContain("no space left to write (ENOSPC)");
    expect(full.output).toContain("Free some space");
    await stage.customers.served(50, "v1");
    expect(stage.customers.seen().failed).toEqual([]);

    freeDisk(disk);
    await expectConvergence(stage);
    expect(stage.customers.seen().failed).toEqual([]);
  });

  test("a server that is killed is started again on a full disk", async () => {
    await stage.given({ rollout: rollout("25%") });
    fillDisk(disk);
    const server = serverOf("sentiment", "v2", stage.pins.v2);
    const pid = pidOf(stage.folder.root, server);
    await kill9(pid);
    await stage.customers.served(50, "v2");
    expect(stage.customers.seen().failed).toEqual([]);
    freeDisk(disk);
    await untilReplaced(stage.folder, server, pid);
  });

  test("a guard takes the traffic away though it cannot write so, and writes it once it can", async () => {
    await stage.given(withCrash());
    await stage.given({ ...withCrash(), rollout: { candidate: "v3-crash", weight: "0%" } });
    stage.configure({ ...withCrash(), rollout: { candidate: "v3-crash", weight: "50%" } });
    const up = await stage.project.up("--skip-preview");
    expect(up.code, up.output).toBe(0);
    fillDisk(disk);
    await until(async () => (await status()).rollout.phase === "aborted");
    expect((await status()).weights).toMatchObject({ v1: 10_000, "v3-crash": 0 });
    expect((await status()).rollout.ended).toMatchObject({ cause: "guard:errorRate" });
    expect(recordOf()).not.toContain('"aborted"');
    expect(stage.customers.seen().failed).toEqual([]);

    freeDisk(disk);
    await until(() => recordOf().includes('"aborted"'));
    const { output } = await expectConvergence(stage);
    expect(output).toContain("Stable keeps all traffic.");
    expect(stage.customers.seen().failed).toEqual([]);
  });

  test("after all that, destroy leaves nothing", async () => {
    await expectNothingLeft(stage);
  });
});
