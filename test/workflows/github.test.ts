import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { must } from "../package/installed.ts";
import { playLife, STACK } from "./life.ts";
import { runSteps, stepsOf } from "./steps.ts";

// `gh` is a stand-in that writes down what it is asked: what GitHub makes of it is not shown here, nor what the actions of
// others do.

const values = {
  "secrets.PULUMI_ACCESS_TOKEN": "",
  "secrets.PULUMI_CONFIG_PASSPHRASE": "test",
  "github.token": "none",
  "github.base_ref": "main",
  "github.event.pull_request.number": "7",
  "github.actor": "ana",
  "inputs.reason": "it answers nonsense",
  "vars.MODEL_DRIFT_CURRENT": "now.csv",
  "vars.MODEL_DRIFT_REFERENCE": "then.csv",
};

let log = "";
const asked = (): readonly string[] => (existsSync(log) ? readFileSync(log, "utf8").split(/^(?=gh )/m) : []);
const askedFor = (what: string): string =>
  asked()
    .filter((each) => each.startsWith(what))
    .join("");

playLife({
  name: "github",
  branch: "model-prod-1-1",
  stepsOf: (clone, workflow) => stepsOf(path.join(clone, `.github/workflows/model-${workflow}-${STACK}.yml`)),
  async prepare(root) {
    log = path.join(root, "gh.log");
    const gh = path.join(root, "bin/gh");
    writeFileSync(
      gh,
      `#!/bin/sh\n{ echo "gh $*"; for each in "$@"; do case "$each" in *.md) cat "$each";; esac; done; } >> ${log}\n`,
    );
    chmodSync(gh, 0o755);
    return { GITHUB_RUN_ID: "1", GITHUB_RUN_ATTEMPT: "1" };
  },
  run: (steps, clone, env) =>
    runSteps(steps, clone, env, { ...values, "vars.PULUMI_BACKEND_URL": env.PULUMI_BACKEND_URL ?? "" }),
  notes: () => askedFor("gh pr comment 7 --edit-last --create-if-none --body-file review.md\n"),
  proposals: () => askedFor("gh pr create --base main --fill\n"),
});

test("actionlint finds nothing in them, with and without a cloud's login", { timeout: 300_000 }, async () => {
  const { githubWorkflows } = await import("../../stacks/cli/workflows/github.ts");
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-lint-"));
  for (const login of [undefined, "aws", "gcp"] as const) {
    const settings = { stack: STACK, folder: "apps/one", branch: "main", runner: ["ubuntu-24.04"], policyPack: "pack" };
    const files = githubWorkflows({ ...settings, ...(login !== undefined && { login }) });
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(path.join(folder, `${login ?? "none"}-${path.basename(file)}`), text);
    }
  }
  const files = readdirSync(folder).map((file) => path.join(folder, file));
  expect(files).toHaveLength(12);
  const actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
  const home = { ...process.env, GOFLAGS: "-mod=mod" };
  await must("go", ["run", actionlint, "-no-color", ...files], folder, home);
  rmSync(folder, { recursive: true });
});
