import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findStateFolder, openStateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { readHostId } from "../../../../components/platforms/local/state-folder/host-id.ts";
import {
  archivePath,
  artifactPath,
  gatewayPaths,
  logPath,
  socketPath,
  specPath,
  statusPath,
} from "../../../../components/platforms/local/state-folder/paths.ts";

let parent: string;
let place: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "mlc-folder-"));
  place = join(parent, ".model-lifecycle", "dev");
});
afterEach(() => rmSync(parent, { recursive: true }));

test("a new folder is for its user alone, belongs to this machine and keeps out of git", () => {
  const folder = openStateFolder(place);
  expect(folder.root).toBe(place);
  expect(statSync(place).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(join(place, "folder.json"), "utf8"))).toEqual({
    format: 1,
    hostId: readHostId(),
    hostName: hostname(),
  });
  expect(readFileSync(join(place, ".gitignore"), "utf8")).toBe("*\n");
});

test("a folder opened again stays as it is", () => {
  openStateFolder(place);
  const before = statSync(join(place, "folder.json")).mtimeMs;
  openStateFolder(place);
  expect(statSync(join(place, "folder.json")).mtimeMs).toBe(before);
});

test("finding a folder creates none", () => {
  expect(findStateFolder(place)).toBeUndefined();
  expect(existsSync(join(parent, ".model-lifecycle"))).toBe(false);
  openStateFolder(place);
  expect(findStateFolder(place)?.root).toBe(place);
});

test("a folder of a newer version is refused, and nothing in it is touched", () => {
  openStateFolder(place);
  const newer = '{ "format": 2, "who": "knows" }';
  writeFileSync(join(place, "folder.json"), newer);
  expect(() => openStateFolder(place)).toThrow(
    `${place}/folder.json: format 2; allowed: format 1 or older, which this version of pulumi-model-lifecycle understands. Install the version of pulumi-model-lifecycle that wrote it, or a newer one.`,
  );
  expect(readFileSync(join(place, "folder.json"), "utf8")).toBe(newer);
});

test("a folder of another machine is refused with both machines and what to do", () => {
  openStateFolder(place, { hostId: "0123456789abcdef" });
  expect(() => openStateFolder(place)).toThrow(
    `it belongs to machine ${hostname()} (0123456789abcdef); allowed: this machine, ${hostname()} (${readHostId()})`,
  );
  expect(() => openStateFolder(place)).toThrow(`remove ${place} and run \`pulumi up\``);
  expect(() => findStateFolder(place)).toThrow("it belongs to machine");
});

test("a damaged folder.json is refused", () => {
  openStateFolder(place);
  writeFileSync(join(place, "folder.json"), "{");
  expect(() => openStateFolder(place)).toThrow("damaged");
});

test("this machine has one id, which is not its machine-id", () => {
  expect(readHostId()).toMatch(/^[0-9a-f]{16}$/);
  expect(readHostId()).toBe(readHostId());
  if (existsSync("/etc/machine-id")) expect(readFileSync("/etc/machine-id", "utf8")).not.toContain(readHostId());
});

test("everything has its place", () => {
  const sha256 = "a".repeat(64);
  expect([specPath("m-v1"), statusPath("m-v1"), socketPath("m-v1"), logPath("m-v1")]).toEqual([
    "processes/m-v1.json",
    "processes/m-v1.status.json",
    "servers/m-v1.sock",
    "logs/m-v1.log",
  ]);
  expect(artifactPath(sha256)).toBe(`artifacts/${sha256}`);
  expect(archivePath("sentiment", "v1")).toBe("archive/sentiment/v1");
  expect(gatewayPaths("sentiment")).toEqual({
    directory: "gateways/sentiment",
    route: "gateways/sentiment/route.json",
    rollout: "gateways/sentiment/rollout.json",
    intervals: "gateways/sentiment/intervals.jsonl",
    adminToken: "gateways/sentiment/admin.token",
    feedbackKey: "gateways/sentiment/feedback.key",
    gateway: "gateways/sentiment/gateway.json",
  });
});

test.each(["", "..", "../x", "a/b", ".hidden", "v1.status", "x".repeat(81), "a\0b", "é"])(
  "the name %j has no place",
  (name) => {
    for (const path of [specPath, statusPath, socketPath, logPath, (each: string) => archivePath("m", each)])
      expect(() => path(name)).toThrow("Choose another name.");
  },
);

test("a socket with the longest name is within the limit of a socket path", () => {
  expect(Buffer.byteLength(`${socketPath("x".repeat(80))}.4194304`)).toBeLessThanOrEqual(107);
});

test.each(["", "..", "A".repeat(64), "a".repeat(63)])("%j is no hash of an artifact", (sha256) => {
  expect(() => artifactPath(sha256)).toThrow("64 lowercase hexadecimal digits");
});
