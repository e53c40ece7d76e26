import { actions } from "./actions.ts";
import type { Login, WorkflowSettings } from "./settings.ts";

/** Workflows of GitHub Actions for one stack, by their path in the repository. */
export function githubWorkflows(settings: WorkflowSettings): Readonly<Record<string, string>> {
  const name = (what: string): string => `.github/workflows/model-${what}-${settings.stack}.yml`;
  return {
    [name("review")]: review(settings),
    [name("deploy")]: deploy(settings),
    [name("nightly")]: nightly(settings),
    [name("rollback")]: rollback(settings),
  };
}

const review = (settings: WorkflowSettings): string => `name: model review (${settings.stack})
# What a pull request changes of the model that serves: checked, planned, and told in one comment.
on:
  pull_request:
    branches: [${settings.branch}]
${pathsOf(settings)}permissions:
  contents: read
concurrency:
  group: model-review-${settings.stack}-\${{ github.event.pull_request.number }}
  cancel-in-progress: true
jobs:
  review:
    # The branch of a fork runs with nobody's credentials.
    if: github.event.pull_request.head.repo.full_name == github.repository
    runs-on: [${settings.runner.join(", ")}]
    timeout-minutes: 30
    permissions:
      contents: read
      pull-requests: write${identity(settings)}
${defaults(settings)}    env:
${backend}      MLC_POLICY_PACK: ${settings.policyPack}
    steps:
${checkout("          fetch-depth: 0\n")}${tools(settings)}      - name: Every problem of the release
        run: npx mlc validate --stack ${settings.stack}
      - name: What it changes
        run: npx mlc review --stack ${settings.stack} --base "origin/$BASE" --out review.md
        env:
          BASE: \${{ github.base_ref }}
      - name: One comment
        if: \${{ !cancelled() }}
        run: test ! -e review.md || gh pr comment "$NUMBER" --edit-last --create-if-none --body-file review.md
        env:
          GH_TOKEN: \${{ github.token }}
          NUMBER: \${{ github.event.pull_request.number }}
`;

const deploy = (settings: WorkflowSettings): string => `name: model deploy (${settings.stack})
# What was merged is deployed and watched; what comes of a rollout is proposed as a pull request of its own.
on:
  push:
    branches: [${settings.branch}]
${pathsOf(settings)}permissions:
  contents: read
concurrency:
  group: model-${settings.stack}
  cancel-in-progress: false
jobs:
  deploy:
    runs-on: [${settings.runner.join(", ")}]
    timeout-minutes: 350
${mayWrite(settings)}${backend}      MLC_POLICY_PACK: ${settings.policyPack}
      BRANCH: ${settings.branch}
    steps:
${checkout("", true)}${tools(settings)}      - name: Nothing newer is there
        # Run again later, an old commit would undo what came after it.
        run: git fetch --quiet --depth=1 origin "$BRANCH" && git diff --stat --exit-code HEAD FETCH_HEAD -- .
      - name: Every problem of the release
        run: npx mlc validate --stack ${settings.stack}
      - name: Deploy
        run: pulumi up --yes --non-interactive --stack ${settings.stack} --policy-pack "$MLC_POLICY_PACK"
      - name: What serves
        run: npx mlc status --stack ${settings.stack}
      - name: What came of the rollout
        run: timeout 5h npx mlc conclude --wait --no-up --yes --stack ${settings.stack}
      - name: Propose it
        run: |
${committing}          git switch --create "model-${settings.stack}-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"
          git commit --all --message "Conclude the rollout on ${settings.stack}"
          git push origin HEAD
          gh pr create --base "$BRANCH" --fill
        env:
          GH_TOKEN: \${{ github.token }}
`;

const nightly = (settings: WorkflowSettings): string => `name: model nightly (${settings.stack})
# Whether what runs is what was merged, and whether what it is asked has changed.
on:
  schedule:
    - cron: "17 4 * * *"
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: model-${settings.stack}
  cancel-in-progress: false
jobs:
  look:
    runs-on: [${settings.runner.join(", ")}]
    timeout-minutes: 60
    environment: ${settings.stack}
    permissions:
      contents: read${identity(settings)}
${defaults(settings)}    env:
${backend}    steps:
${checkout("")}${tools(settings)}      - name: What is wrong
        run: npx mlc doctor --stack ${settings.stack}
      - name: What differs from the configuration
        if: \${{ !cancelled() }}
        run: pulumi preview --non-interactive --expect-no-changes --stack ${settings.stack}
      - name: What has drifted
        if: \${{ !cancelled() && vars.MODEL_DRIFT_REFERENCE != '' }}
        run: npx mlc drift "$CURRENT" --reference "$REFERENCE"
        env:
          CURRENT: \${{ vars.MODEL_DRIFT_CURRENT }}
          REFERENCE: \${{ vars.MODEL_DRIFT_REFERENCE }}
`;

const rollback = (settings: WorkflowSettings): string => `name: model rollback (${settings.stack})
# A button: takes the traffic back first, and writes it down then. It waits for no other run.
on:
  workflow_dispatch:
    inputs:
      reason:
        description: why, for the record
        required: true
permissions:
  contents: read
jobs:
  rollback:
    runs-on: [${settings.runner.join(", ")}]
    timeout-minutes: 20
${mayWrite(settings)}${backend}      BRANCH: ${settings.branch}
    steps:
${checkout(`          ref: ${settings.branch}\n`, true)}${tools(settings)}      - name: Take the traffic back
        run: npx mlc rollback --no-up --stack ${settings.stack} --reason "$REASON ($WHO)"
        env:
          REASON: \${{ inputs.reason }}
          WHO: \${{ github.actor }}
      - name: Keep it
        # Where nobody may push to the branch, somebody has to merge it: until then the next deployment would open the rollout again.
        run: |
${committing}          git commit --all --message "Roll back on ${settings.stack}: $REASON"
          if git push origin "HEAD:$BRANCH"; then exit 0; fi
          git push origin "HEAD:refs/heads/rollback-${settings.stack}-$GITHUB_RUN_ID"
          gh pr create --base "$BRANCH" --head "rollback-${settings.stack}-$GITHUB_RUN_ID" --fill
        env:
          GH_TOKEN: \${{ github.token }}
          REASON: \${{ inputs.reason }}
`;

/** What follows commits what a verb has written, if it has written anything. */
const committing = `          if git diff --quiet; then exit 0; fi
          git config user.name "model-lifecycle"
          git config user.email "model-lifecycle@users.noreply.github.com"
`;

/** Where the state of stacks is kept: what a team's Pulumi needs, as secrets and variables of the repository. */
const backend = `      PULUMI_ACCESS_TOKEN: \${{ secrets.PULUMI_ACCESS_TOKEN }}
      PULUMI_BACKEND_URL: \${{ vars.PULUMI_BACKEND_URL }}
      PULUMI_CONFIG_PASSPHRASE: \${{ secrets.PULUMI_CONFIG_PASSPHRASE }}
`;

const checkout = (more: string, keepsCredentials = false): string => `      - uses: ${actions.checkout}
        with:
          persist-credentials: ${keepsCredentials}
${more}`;

const tools = ({ folder, login }: WorkflowSettings): string => `      - uses: ${actions.node}
        with:
          node-version: 22
          cache: npm
          cache-dependency-path: ${folder === "." ? "" : `${folder}/`}package-lock.json
      - uses: ${actions.pulumi}
${login === undefined ? "" : logIn[login]}      - name: Install
        run: npm ci
`;

const logIn: Readonly<Record<Login, string>> = {
  aws: `      - uses: ${actions.aws}
        with:
          role-to-assume: \${{ vars.AWS_ROLE }}
          aws-region: \${{ vars.AWS_REGION }}
`,
  gcp: `      - uses: ${actions.gcp}
        with:
          workload_identity_provider: \${{ vars.GCP_IDENTITY_PROVIDER }}
          service_account: \${{ vars.GCP_SERVICE_ACCOUNT }}
`,
};

/** A job of the stack's environment that may push a branch and open a pull request. */
const mayWrite = (settings: WorkflowSettings): string => `    environment: ${settings.stack}
    permissions:
      contents: write
      pull-requests: write${identity(settings)}
${defaults(settings)}    env:
`;

/** A short-lived credential is given for the workflow's own identity. */
const identity = ({ login }: WorkflowSettings): string => (login === undefined ? "" : "\n      id-token: write");

const pathsOf = ({ folder }: WorkflowSettings): string => (folder === "." ? "" : `    paths: ["${folder}/**"]\n`);

const defaults = ({ folder }: WorkflowSettings): string =>
  folder === "." ? "" : `    defaults:\n      run:\n        working-directory: ${folder}\n`;
