import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { servers } from "../../../components/platforms/kubernetes/servers/index.ts";

const page = readFileSync(new URL("../../../docs/kubernetes.md", import.meta.url), "utf8");

test("the page about clusters says of each model server what its file says", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (.+?) +\| (\d+) +\| `(\S+)` +\| (\S+) +\| (.+?) +\|$/gm)].map(
    ([, kind = "", ...cells]) => [kind, cells],
  );
  const said = Object.entries(servers).map(([kind, { title, port, ready, protocol, metrics }]) => [
    kind,
    [title, String(port), ready, protocol, metrics === undefined ? "none" : `${metrics.port}${metrics.path}`],
  ]);
  expect(rows).toEqual(said);
});
