import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimHolder, takeClaim } from "../../components/host/claim.ts";
import { identify, type ProcessIdentity } from "../../components/host/process-identity.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mlc-claim-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const self = (): ProcessIdentity => {
  const identity = identify(process.pid);
  if (identity === undefined) throw new Error("this process lives");
  return identity;
};
const dead = (): ProcessIdentity => ({ ...self(), startTime: "1" });

test("a claim that a living process holds is not given again", () => {
  expect(takeClaim(directory, self())).toBeDefined();
  expect(takeClaim(directory, self())).toBeUndefined();
  expect(claimHolder(directory)).toEqual(self());
});

test("the claim of a dead process, or of another with its pid, is free", () => {
  takeClaim(directory, dead());
  expect(claimHolder(directory)).toBeUndefined();
  expect(takeClaim(directory, self())).toBeDefined();
  expect(readdirSync(directory)).toEqual(["2.json"]);
});

test("a released claim is free", () => {
  takeClaim(directory, self())?.release();
  expect(claimHolder(directory)).toBeUndefined();
  expect(takeClaim(directory, self())).toBeDefined();
});

test("whoever comes late with an old number gives way to the higher one", () => {
  writeFileSync(join(directory, "7.json"), JSON.stringify(self()));
  writeFileSync(join(directory, "6.json"), JSON.stringify(dead()));
  expect(takeClaim(directory, self())).toBeUndefined();
  expect(claimHolder(directory)).toEqual(self());
});

test("numbers count as numbers", () => {
  writeFileSync(join(directory, "10.json"), JSON.stringify(dead()));
  writeFileSync(join(directory, "9.json"), JSON.stringify(self()));
  expect(claimHolder(directory)).toBeUndefined();
  expect(takeClaim(directory, self())).toBeDefined();
  expect(readdirSync(directory)).toEqual(["11.json"]);
});

test("nobody holds the claim of a directory that does not exist", () => {
  expect(claimHolder(join(directory, "none"))).toBeUndefined();
});
