import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { gitlabWorkflows } from "../../stacks/cli/workflows/gitlab.ts";
import { must } from "../package/installed.ts";
import { pythonOf } from "../support/python.ts";
import { linesOf, runLines } from "./jobs.ts";
import { playLife, STACK } from "./life.ts";

// Stand-ins: for GitLab's notes a server that keeps them, for its merge requests a repository that writes down with which options it
// is pushed to. What GitLab makes of them, and of rules and resource groups, is not shown here.

interface Note {
  readonly id: number;
  body: string;
}

const notes: Note[] = [];
const server = createServer((request, response) => {
  const [, id] =
    /^\/api\/v4\/projects\/7\/merge_requests\/7\/notes(?:\/(\d+))?(?:\?.*)?$/.exec(request.url ?? "") ?? [];
  if (request.headers["private-token"] !== "review-token") return void response.writeHead(401).end("{}");
  if (request.method === "GET") return void response.end(JSON.stringify(notes));
  void json(request).then((said) => {
    const { body } = said as { readonly body: string };
    const found = notes.find((note) => String(note.id) === id);
    if (found === undefined) notes.push({ id: notes.length + 1, body });
    else found.body = body;
    response.end("{}");
  });
});
afterAll(() => void server.close());

let pushed = "";
const REMOTE = "https://model-lifecycle:push-token@gitlab.example/team/model.git";

playLife({
  name: "gitlab",
  branch: "model-prod-1",
  stepsOf: (clone, workflow) => linesOf(path.join(clone, `.gitlab/model-${STACK}.yml`), `model ${workflow} (${STACK})`),
  async prepare(root) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const origin = path.join(root, "origin.git");
    pushed = path.join(root, "pushed.log");
    execFileSync("git", ["-C", origin, "config", "receive.advertisePushOptions", "true"]);
    writeFileSync(
      path.join(origin, "hooks/post-receive"),
      `#!/bin/sh\nenv | grep '^GIT_PUSH_OPTION_[0-9]' | sort | cut -d= -f2- >> ${pushed}\n`,
    );
    chmodSync(path.join(origin, "hooks/post-receive"), 0o755);
    return {
      CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
      CI_JOB_ID: "1",
      CI_MERGE_REQUEST_IID: "7",
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      CI_PROJECT_DIR: path.join(root, "workspace"),
      CI_PROJECT_ID: "7",
      CI_PROJECT_PATH: "team/model",
      CI_SERVER_FQDN: "gitlab.example",
      CI_SERVER_HOST: "gitlab.example",
      CI_SERVER_PROTOCOL: "https",
      GITLAB_USER_LOGIN: "ana",
      MODEL_DRIFT_CURRENT: "now.csv",
      MODEL_DRIFT_REFERENCE: "then.csv",
      MODEL_PUSH_TOKEN: "push-token",
      MODEL_REVIEW_TOKEN: "review-token",
      REASON: "it answers nonsense",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: `url.${origin}.insteadOf`,
      GIT_CONFIG_VALUE_0: REMOTE,
    };
  },
  run: runLines,
  notes: () => notes.map(({ body }) => body).join(""),
  proposals: () => (existsSync(pushed) ? readFileSync(pushed, "utf8") : ""),
});

test("one note of a stack is kept, and a merge request asked for by what is pushed", () => {
  expect(notes.map(({ body }) => body.split("\n")[0])).toEqual([`<!-- model review of ${STACK} -->`]);
  expect(readFileSync(pushed, "utf8")).toBe("merge_request.create\nmerge_request.target=main\n");
});

const settings = {
  ...{ stack: STACK, folder: "apps/one", branch: "main", runner: ["model-lifecycle"], policyPack: "pack" },
  image: `registry.example/ci@sha256:${"a".repeat(64)}`,
};

test("GitLab's own schema takes them, with and without a cloud's login", { timeout: 300_000 }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-lint-"));
  const python = pythonOf(path.join(import.meta.dirname, "check-jsonschema.txt"));
  const written = [undefined, "aws", "gcp"].map((login) => {
    const files = gitlabWorkflows({ ...settings, ...((login === "aws" || login === "gcp") && { login }) });
    const file = path.join(folder, `${login ?? "none"}.yml`);
    writeFileSync(file, files[`.gitlab/model-${STACK}.yml`] ?? "");
    return file;
  });
  const check = ["-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"];
  expect(await must(python, [...check, ...written], folder, process.env)).toContain("ok -- validation done");
  const broken = path.join(folder, "broken.yml");
  writeFileSync(
    broken,
    readFileSync(written[0] ?? "", "utf8").replace("interruptible: true", "interruptible: sometimes"),
  );
  await expect(must(python, [...check, broken], folder, process.env)).rejects.toThrow("interruptible");
  rmSync(folder, { recursive: true });
});

test("a credential of a cloud is the job's own, and lies where no commit takes it up", () => {
  const aws = gitlabWorkflows({ ...settings, login: "aws" })[`.gitlab/model-${STACK}.yml`] ?? "";
  expect(aws).toContain("  id_tokens:\n    MODEL_ID_TOKEN:\n      aud: $CI_SERVER_URL\n");
  expect(aws).toContain("    AWS_WEB_IDENTITY_TOKEN_FILE: $CI_PROJECT_DIR/.git/model-id-token\n");
  const gcp = gitlabWorkflows({ ...settings, login: "gcp" })[`.gitlab/model-${STACK}.yml`] ?? "";
  const [, script = ""] = /node -e '([^']*)'/.exec(gcp) ?? [];
  const env = { CI_PROJECT_DIR: "/builds/a", GCP_IDENTITY_PROVIDER: "projects/1/p", GCP_SERVICE_ACCOUNT: "a@b" };
  expect(JSON.parse(execFileSync(process.execPath, ["-e", script], { env, encoding: "utf8" }))).toEqual({
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/p",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: "https://sts.googleapis.com/v1/token",
    credential_source: { file: "/builds/a/.git/model-id-token" },
    service_account_impersonation_url:
      "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b:generateAccessToken",
  });
});
