import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { verifyArtifact } from "../../components/platforms/local/state-folder/artifacts.ts";
import { artifactPath } from "../../components/platforms/local/state-folder/paths.ts";
import { readStatus } from "../../components/platforms/local/supervisor/process-spec.ts";
import { hashDirectory } from "../../components/sources/index.ts";
import { linesOf } from "../support/project.ts";
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

// Files changed under our feet: the copy that servers read, and the source of a version that is not deployed yet.

let stage: Stage;
const server = () => serverOf("sentiment", "v2", stage.pins.v2);

beforeAll(async () => {
  stage = await createStage({ first: () => ({ rollout: rollout("25%") }) });
  return () => stage[Symbol.asyncDispose]();
}, 120_000);

function alterArtifact(): void {
  const file = stage.folder.path(path.join(artifactPath(stage.pins.v2), "golden.jsonl"));
  chmodSync(file, 0o644);
  writeFileSync(file, "altered\n");
}

test("an altered copy is put right by the next up, and nothing that serves is touched", async () => {
  const pid = pidOf(stage.folder.root, server());
  alterArtifact();
  const up = await stage.project.up("--skip-preview");
  expect(up.code, up.output).toBe(0);
  expect(linesOf(up)).toEqual(["create Artifact sentiment-v2-artifact"]);
  expect(await verifyArtifact(stage.folder, stage.pins.v2)).toBe(true);
  expect(pidOf(stage.folder.root, server())).toBe(pid);
  expect(stage.customers.seen().failed).toEqual([]);
});

test("a server that dies over an altered copy does not serve it, and does again after the next up", async () => {
  alterArtifact();
  const pid = pidOf(stage.folder.root, server());
  await kill9(pid);
  await until(() => (readStatus(stage.folder, server())?.failures ?? 0) > 0);
  expect(readStatus(stage.folder, server())?.lastExit?.log.at(-1)).toContain(
    `has content ${await hashDirectory(stage.folder.path(artifactPath(stage.pins.v2)))}`,
  );
  await stage.customers.served(50, "v1");
  await expectConvergence(stage);
  await untilReplaced(stage.folder, server(), pid);
  await stage.customers.served(50, "v2");
  expect(stage.customers.seen().failed).toEqual([]);
});

test("a source altered before its first up is refused, and what serves goes on", async () => {
  await stage.given(onlyV1(stage.pins));
  stage.project.write("models/v2/notes.txt", "altered");
  const altered = await hashDirectory(path.join(stage.project.dir, "models/v2"));
  stage.configure({ rollout: rollout("25%", "2") });
  const up = await stage.project.up("--skip-preview");
  expect(up.code).not.toBe(0);
  expect(up.output).toContain(`content with sha256 ${altered}; allowed: the pinned content, sha256 ${stage.pins.v2}`);
  expect((await statusOf(stage.folder.root, "sentiment")).weights).toEqual({ v1: 10_000 });
  expect(stage.customers.seen().failed).toEqual([]);
});

test("after all that, destroy leaves nothing", async () => {
  stage.configure(onlyV1(stage.pins));
  await expectNothingLeft(stage);
});
