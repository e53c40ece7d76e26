import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { knownGateways } from "../../../../components/platforms/local/data-plane/gateways.ts";

const claim = { pid: 1, startTime: "0", instance: "i", port: 8080, adminPort: 8081 };
const plan = { model: "approval", stable: "v1", versions: { v1: {} } };

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(path.join(tmpdir(), "mlc-gateways-"));
});
afterEach(() => rmSync(stateFolder, { recursive: true }));

function knownWith(files: Readonly<Record<string, unknown>>) {
  const folder = path.join(stateFolder, "gateways/approval");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "admin.token"), "t\n");
  for (const [name, content] of Object.entries(files))
    writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return knownGateways(stateFolder);
}

test("a gateway is known by its files, also of one that was never given a plan", () => {
  const known = { endpoint: "approval", alive: false, port: 8080, adminPort: 8081, token: "t" };
  expect(knownWith({ "gateway.json": claim })).toEqual([known]);
  const servers = { v1: "servers/approval-v1.sock" };
  expect(knownWith({ "route.json": { plan, servers } })).toEqual([{ ...known, plan, stableServer: "approval-v1" }]);
});

test.each([
  ["{", "damaged (Expected property name or '}' in JSON at position 1 (line 1 column 2))"],
  [{ servers: {} }, "damaged (plan: not a plan)"],
  [{ plan: { ...plan, stable: 1 } }, "damaged (plan: not a plan)"],
  [{ plan, servers: [] }, "damaged (servers: Invalid input: expected record, received array)"],
])("of a route file that says %j a damage is told, and the gateway is known all the same", (route, seen) => {
  const [gateway] = knownWith({ "gateway.json": claim, "route.json": route });
  const file = path.join(stateFolder, "gateways/approval/route.json");
  expect(gateway).toMatchObject({ adminPort: 8081, token: "t", damage: `${file} cannot be read (${seen})` });
  expect(gateway?.plan).toBeUndefined();
});

test.each([["{"], [{ ...claim, pid: "1" }], [{ pid: 1, startTime: "0" }]])(
  "a claim that says %j names no gateway",
  (content) => {
    expect(knownWith({ "gateway.json": content })).toEqual([]);
  },
);
