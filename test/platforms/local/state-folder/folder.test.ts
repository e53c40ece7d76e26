import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readHostId } from "../../../../components/host/host-id.ts";
import {
  findStateFolder,
  openStateFolder,
  wasServedBy,
} from "../../../../components/platforms/local/state-folder/folder.ts";
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

describe("a folder of another machine", () => {
  const elsewhere = { hostId: "0123456789abcdef" };
  const claim = (at: Date) => {
    const file = join(place, "supervisor/1.json");
    writeFileSync(file, JSON.stringify({ pid: 4_194_303, startTime: "1", bootId: "another" }));
    utimesSync(file, at, at);
  };

  test("on which a supervisor lives is refused with both machines and what to do", () => {
    openStateFolder(place, elsewhere);
    claim(new Date());
    expect(() => openStateFolder(place)).toThrow(
      /machine .* \(0123456789abcdef\) serves from here, with a sign of life \d s ago; allowed: this machine/,
    );
    expect(() => findStateFolder(place)).toThrow(`Run this stack on ${hostname()}`);
  });

  test("without a sign of life for a minute is taken over, and remembers from whom", () => {
    openStateFolder(place, elsewhere);
    claim(new Date(Date.now() - 61_000));
    const folder = openStateFolder(place);
    expect(JSON.parse(readFileSync(join(place, "folder.json"), "utf8"))).toEqual({
      ...{ format: 1, hostId: readHostId(), hostName: hostname(), earlierHosts: [elsewhere.hostId] },
    });
    expect(wasServedBy(folder, elsewhere.hostId)).toBe(true);
    expect(wasServedBy(folder, "fedcba9876543210")).toBe(false);
  });
});

describe.skipIf(process.getuid?.() !== 0)("a folder that is not one's own (seen by root)", () => {
  test("as another user owns it is refused with the user to be", () => {
    openStateFolder(place);
    chownSync(place, 65_534, 65_534);
    expect(() => openStateFolder(place)).toThrow(
      "it belongs to nobody; allowed: a folder of root, who runs this. Run this as nobody.",
    );
  });

  test("is named by its owner where the place of a stack is asked for", () => {
    const home = join(parent, "state");
    openStateFolder(join(home, "model-lifecycle/shop/dev"));
    chmodSync(home, 0o700);
    const request = { project: "shop", stack: "dev", root: parent, env: { XDG_STATE_HOME: home } };
    const script = `const { placeOf } = await import(${JSON.stringify(resolve("components/platforms/local/state-folder/place.ts"))});
      process.setgid(65534); process.setuid(65534);
      try { console.log(placeOf(${JSON.stringify(request)}).path); } catch (error) { console.log(error.message); }`;
    const told = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(told).toContain("which belongs to root, and this user may not look there");
    expect(told).toContain("Run this as root.");
  });

  test("as this user may not look there is told so, and is not called missing", () => {
    openStateFolder(place);
    const script = `const { findStateFolder } = await import(${JSON.stringify(resolve("components/platforms/local/state-folder/folder.ts"))});
      process.setgid(65534); process.setuid(65534);
      try { findStateFolder(${JSON.stringify(place)}); console.log("not there"); } catch (error) { console.log(error.message); }`;
    const told = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(told).toContain("which belongs to root, and this user may not look there");
    expect(told).toContain("Run this as root.");
  });
});

test.each([0o777, 0o770, 0o707])("a folder with mode %o is refused: others may have written what would run", (mode) => {
  openStateFolder(place);
  chmodSync(place, mode);
  expect(() => openStateFolder(place)).toThrow(`others may write there (mode ${mode.toString(8)})`);
  expect(() => findStateFolder(place)).toThrow(`chmod go= ${place}`);
});

test("a symbolic link in the place of the folder is refused", () => {
  const real = join(parent, "real");
  openStateFolder(real);
  mkdirSync(join(parent, ".model-lifecycle"));
  symlinkSync(real, place);
  expect(() => openStateFolder(place)).toThrow("a symbolic link; allowed: the folder itself");
});

test("a parent that everybody may write without the sticky bit is refused, with it is not", () => {
  const home = join(parent, "home");
  mkdirSync(home);
  chmodSync(home, 0o777);
  expect(() => openStateFolder(join(home, "a/b"))).toThrow(`${home}: everybody may write there (mode 777)`);
  expect(existsSync(join(home, "a"))).toBe(false);
  chmodSync(home, 0o1777);
  expect(openStateFolder(join(home, "a/b")).root).toBe(join(home, "a/b"));
});

test("a damaged folder.json is refused", () => {
  openStateFolder(place);
  writeFileSync(join(place, "folder.json"), "{");
  expect(() => openStateFolder(place)).toThrow("damaged");
});

test("this machine has one id, which is not its machine-id", () => {
  expect(readHostId()).toMatch(/^(name-)?[0-9a-f]{16}$/);
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
    feedbackToken: "gateways/sentiment/feedback.token",
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
