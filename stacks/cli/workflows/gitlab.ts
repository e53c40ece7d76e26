import type { Login, WorkflowSettings } from "./settings.ts";

/** Jobs of GitLab CI/CD for one stack, by their path in the repository. The first is only there to include the second. */
export function gitlabWorkflows(settings: WorkflowSettings): Readonly<Record<string, string>> {
  const jobs = `.gitlab/model-${settings.stack}.yml`;
  return {
    ".gitlab-ci.yml": `include:\n  - local: ${jobs}\n`,
    [jobs]: [preamble(settings), review(settings), deploy(settings), nightly(settings), rollback(settings)].join("\n"),
    ".gitlab/model-note.mjs": NOTE,
  };
}

const preamble = (
  settings: WorkflowSettings,
): string => `# The life of the model on ${settings.stack}. Include it: .gitlab-ci.yml says "include: [{ local: .gitlab/model-${settings.stack}.yml }]".
.model-${settings.stack}:
${settings.image === undefined ? "" : `  image: ${settings.image}\n`}  tags: [${settings.runner.join(", ")}]
  needs: []
  variables:
    GIT_DEPTH: "0"
    BRANCH: ${settings.branch}
    MLC_POLICY_PACK: ${settings.policyPack}
${settings.login === undefined ? "" : variablesOf[settings.login]}${settings.login === undefined ? "" : identity(settings.login)}  before_script:
${into(settings)}    - npm ci
`;

const review = (
  settings: WorkflowSettings,
): string => `# What a merge request changes of the model that serves: checked, planned, and told in one note.
model review (${settings.stack}):
  extends: .model-${settings.stack}
  stage: test
  # The branch of a fork runs with nobody's credentials.
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == "${settings.branch}" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID
${changes(settings)}  interruptible: true
  timeout: 30 minutes
  script:
    - npx mlc validate --stack ${settings.stack}
    - git fetch --quiet origin "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
    - npx mlc review --stack ${settings.stack} --base FETCH_HEAD --out review.md
  after_script:
${settings.folder === "." ? "" : `    - cd ${settings.folder}\n`}    - test ! -e review.md || node "$CI_PROJECT_DIR/.gitlab/model-note.mjs" ${settings.stack} review.md
`;

const deploy = (
  settings: WorkflowSettings,
): string => `# What was merged is deployed and watched; what comes of a rollout is proposed as a merge request of its own.
model deploy (${settings.stack}):
  extends: .model-${settings.stack}
  stage: deploy
  rules:
    - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "${settings.branch}"
${changes(settings)}  interruptible: false
  resource_group: model-${settings.stack}
  environment:
    name: ${settings.stack}
  timeout: 5 hours 50 minutes
  script:
    # Run again later, an old commit would undo what came after it.
    - git fetch --quiet --depth=1 origin "$BRANCH" && git diff --stat --exit-code HEAD FETCH_HEAD -- .
    - npx mlc validate --stack ${settings.stack}
    - pulumi up --yes --non-interactive --stack ${settings.stack} --policy-pack "$MLC_POLICY_PACK"
    - npx mlc status --stack ${settings.stack}
    - timeout 5h npx mlc conclude --wait --no-up --yes --stack ${settings.stack}
    - |
${committing}      git commit --all --message "Conclude the rollout on ${settings.stack}"
      ${push}${proposing} "$REPOSITORY" "HEAD:refs/heads/model-${settings.stack}-$CI_JOB_ID"
`;

const nightly = (
  settings: WorkflowSettings,
): string => `# Whether what runs is what was merged, and whether what it is asked has changed: a schedule with the variable MODEL_LOOK.
model nightly (${settings.stack}):
  extends: .model-${settings.stack}
  stage: test
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $MODEL_LOOK == "${settings.stack}"
  resource_group: model-${settings.stack}
  environment:
    name: ${settings.stack}
    action: verify
  timeout: 1 hour
  script:
    - npx mlc doctor --stack ${settings.stack} || WRONG=1
    - pulumi preview --non-interactive --expect-no-changes --stack ${settings.stack} || WRONG=1
    - test -z "\${MODEL_DRIFT_REFERENCE:-}" || npx mlc drift "$MODEL_DRIFT_CURRENT" --reference "$MODEL_DRIFT_REFERENCE" || WRONG=1
    - test -z "\${WRONG:-}"
`;

const rollback = (
  settings: WorkflowSettings,
): string => `# A button, also in an old pipeline: takes the traffic back first, and writes it down then. It waits for no other job.
model rollback (${settings.stack}):
  extends: .model-${settings.stack}
  stage: deploy
  rules:
    - if: $CI_COMMIT_BRANCH == "${settings.branch}" && ($CI_PIPELINE_SOURCE == "push" || $CI_PIPELINE_SOURCE == "web")
      when: manual
      allow_failure: true
  environment:
    name: ${settings.stack}
  timeout: 20 minutes
  variables:
    REASON: taken back by hand
  before_script:
    - git fetch --quiet --depth=1 origin "$BRANCH" && git checkout --quiet --force --detach FETCH_HEAD
${into(settings)}    - npm ci
  script:
    - npx mlc rollback --no-up --stack ${settings.stack} --reason "$REASON ($GITLAB_USER_LOGIN)"
    # Where nobody may push to the branch, somebody has to merge it: until then the next deployment would open the rollout again.
    - |
${committing}      git commit --all --message "Roll back on ${settings.stack}: $REASON"
      if ${push} "$REPOSITORY" "HEAD:refs/heads/$BRANCH"; then exit 0; fi
      ${push}${proposing} "$REPOSITORY" "HEAD:refs/heads/rollback-${settings.stack}-$CI_JOB_ID"
`;

/** What follows commits what a verb has written, if it has written anything. */
const committing = `      if git diff --quiet; then exit 0; fi
      git config user.name "model-lifecycle"
      git config user.email "model-lifecycle@noreply.$CI_SERVER_HOST"
      REPOSITORY="$CI_SERVER_PROTOCOL://model-lifecycle:$MODEL_PUSH_TOKEN@$CI_SERVER_FQDN/$CI_PROJECT_PATH.git"
`;

const push = "git push --quiet";
const proposing = ` --push-option=merge_request.create --push-option="merge_request.target=$BRANCH"`;

/** The token stands where no commit takes it up, and is worth nothing once the job has ended. */
const TOKEN_FILE = "$CI_PROJECT_DIR/.git/model-id-token";

/** What a cloud's own tools read. */
const variablesOf: Readonly<Record<Login, string>> = {
  aws: `    AWS_ROLE_ARN: $AWS_ROLE
    AWS_ROLE_SESSION_NAME: gitlab-$CI_PIPELINE_ID
    AWS_WEB_IDENTITY_TOKEN_FILE: ${TOKEN_FILE}
`,
  gcp: `    GOOGLE_APPLICATION_CREDENTIALS: $CI_PROJECT_DIR/.git/model-credentials.json
`,
};

/** A short-lived credential is given for the job's own identity. */
const identity = (login: Login): string => `  id_tokens:
    MODEL_ID_TOKEN:
      aud: ${login === "aws" ? "$CI_SERVER_URL" : "https://iam.googleapis.com/$GCP_IDENTITY_PROVIDER"}
`;

/** Writes the credential, and goes to the project's folder. */
const into = ({ folder, login }: WorkflowSettings): string =>
  [
    ...(login === undefined ? [] : [`(umask 077; printf %s "$MODEL_ID_TOKEN" > "${TOKEN_FILE}")`]),
    ...(login === "gcp" ? [`node -e '${GCP_CREDENTIALS}' > "$GOOGLE_APPLICATION_CREDENTIALS"`] : []),
    ...(folder === "." ? [] : [`cd ${folder}`]),
  ]
    .map((line) => (line.startsWith("cd ") ? `    - ${line}\n` : `    - |\n      ${line}\n`))
    .join("");

/** https://google.aip.dev/auth/4117 */
const GCP_CREDENTIALS = [
  "const { env } = process;",
  'console.log(JSON.stringify({ type: "external_account",',
  'audience: "//iam.googleapis.com/" + env.GCP_IDENTITY_PROVIDER,',
  'subject_token_type: "urn:ietf:params:oauth:token-type:jwt",',
  'token_url: "https://sts.googleapis.com/v1/token",',
  'credential_source: { file: env.CI_PROJECT_DIR + "/.git/model-id-token" },',
  'service_account_impersonation_url: "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"',
  '+ env.GCP_SERVICE_ACCOUNT + ":generateAccessToken" }));',
].join(" ");

const changes = ({ folder }: WorkflowSettings): string => (folder === "." ? "" : `      changes: ["${folder}/**/*"]\n`);

/** Keeps the one note of a stack: GitLab has no command for that. */
const NOTE = `// Keeps one note of a merge request up to date: node model-note.mjs <stack> <file>
import { readFileSync } from "node:fs";

const [stack, file] = process.argv.slice(2);
const { CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, MODEL_REVIEW_TOKEN } = process.env;
if (!MODEL_REVIEW_TOKEN) {
  console.error("There is no variable MODEL_REVIEW_TOKEN: nobody is told in the merge request.");
  process.exit(1);
}
const mark = \`<!-- model review of \${stack} -->\`;
const notes = \`\${CI_API_V4_URL}/projects/\${CI_PROJECT_ID}/merge_requests/\${CI_MERGE_REQUEST_IID}/notes\`;

async function ask(url, method = "GET", body) {
  const headers = { "private-token": MODEL_REVIEW_TOKEN, "content-type": "application/json" };
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(\`\${method} \${url}: \${response.status} \${await response.text()}\`);
  return response.json();
}

const body = \`\${mark}\\n\${readFileSync(file, "utf8")}\`;
const found = (await ask(\`\${notes}?sort=asc&per_page=100\`)).find((note) => note.body.startsWith(mark));
await (found ? ask(\`\${notes}/\${found.id}\`, "PUT", { body }) : ask(notes, "POST", { body }));
`;
