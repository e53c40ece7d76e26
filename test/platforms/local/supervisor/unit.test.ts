import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderUnit } from "../../../../components/platforms/local/supervisor/unit.ts";

test("a unit starts the supervisor of a folder, whatever characters its path has", () => {
  const unit = renderUnit({
    description: "100% of app/prod",
    node: "/opt/node 22/bin/node",
    script: "/srv/app/main.js",
    folder: '/srv/"a" $b %c \\d',
  });
  expect(unit).toContain("Description=100%% of app/prod\n");
  expect(unit).toContain(
    'ExecStart="/opt/node 22/bin/node" "/srv/app/main.js" "--folder" "/srv/\\"a\\" $$b %%c \\\\d"\n',
  );
  expect(unit).toContain("KillMode=process\n");
});

test.skipIf(!hasSystemd())("systemd reads the unit without a word (needs systemd-analyze)", () => {
  const dir = mkdtempSync(join(tmpdir(), "mlc-unit-"));
  try {
    const file = join(dir, "mlc.service");
    writeFileSync(file, renderUnit({ description: "a", node: process.execPath, script: file, folder: dir }));
    const options = { encoding: "utf8", env: { ...process.env, XDG_RUNTIME_DIR: dir }, stdio: "pipe" } as const;
    expect(execFileSync("systemd-analyze", ["verify", "--user", "--man=no", file], options)).toBe("");
  } finally {
    rmSync(dir, { recursive: true });
  }
});

function hasSystemd(): boolean {
  try {
    execFileSync("systemd-analyze", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
