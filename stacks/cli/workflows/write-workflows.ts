import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { usageFailure } from "../failure.ts";
import { createWriter, sayWritten } from "../file-writer.ts";
import type { StackOptions } from "../options.ts";
import { findProject, shortName } from "../project.ts";
import { findLibrary, findPackage } from "../project-lines.ts";
import type { Terminal } from "../terminal.ts";
import type { Outcome } from "../verb.ts";
import { githubWorkflows } from "./github.ts";
import { gitlabWorkflows } from "./gitlab.ts";
import { type Login, logins, type WorkflowSettings } from "./settings.ts";

/** What is chosen of a stack's workflows. */
export interface WorkflowChoice extends StackOptions {
  /** @default main */
  readonly branch?: string;
  /** Labels with commas between. @default self-hosted, where the platform serves on the machine itself; else ubuntu-24.04 */
  readonly runner?: string;
  /** @default no cloud */
  readonly login?: string;
  /** @default none: jobs run on the runner's own machine */
  readonly image?: string;
}

/** Systems that run workflows, as the command line names them. */
export const systems: readonly System[] = ["github", "gitlab"];

type System = "github" | "gitlab";

/** A word that stands in YAML and in a shell as it is. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/;

/**
 * Writes the workflows of a stack; what exists stays.
 * @throws Failure (2) when there is no repository, or a name is none; nothing was written then
 */
export async function writeWorkflows(terminal: Terminal, system: string, options: WorkflowChoice): Promise<Outcome> {
  const chosen = systems.find((each) => each === system);
  if (chosen === undefined) throw usageFailure(`init ci: seen "${system}", allowed is ${systems.join(", ")}.`);
  const { root, stack, dataPlane } = await findProject(options);
  const repository = repositoryOf(root);
  const { branch = "main", runner = runnerOf(chosen, dataPlane.remote === true) } = options;
  const runners = runner.split(",").map((label) => label.trim());
  const words = [["--stack", shortName(stack)], ["--branch", branch], ...runners.map((label) => ["--runner", label])];
  for (const [option, word = ""] of words) {
    if (!WORD.test(word))
      throw usageFailure(`${option}: seen "${word}", allowed are letters, digits, dots, dashes and slashes.`);
  }
  const login = loginOf(options.login);
  const image = imageOf(chosen, dataPlane.remote === true, options.image);
  const writer = createWriter(repository);
  const settings: WorkflowSettings = {
    ...{ stack: shortName(stack), branch, runner: runners },
    folder: relative(repository, root) || ".",
    policyPack: `${findLibrary(root).path}/dist/policies/pack`,
    ...(login !== undefined && { login }),
    ...(image !== undefined && { image }),
  };
  writer.write(chosen === "github" ? githubWorkflows(settings) : gitlabWorkflows(settings));
  sayWritten(terminal, writer);
  const { written, existing } = writer;
  const hasPolicies = findPackage(root, "@pulumi/policy").installed;
  const next = [
    // The rules are asked of the engine's plan as well, which takes Pulumi's own package for it.
    ...(hasPolicies ? [] : ["npm install --save-dev @pulumi/policy"]),
    ...(existing.includes(".gitlab-ci.yml")
      ? [`include .gitlab/model-${shortName(stack)}.yml in .gitlab-ci.yml, which was there already`]
      : []),
    ...nextSteps[chosen](shortName(stack), dataPlane.remote === true, login),
  ];
  terminal.say(`\nNext:\n${next.map((step) => `  ${step}`).join("\n")}`);
  return { facts: { root: repository, written, existing, next } };
}

function loginOf(login: string | undefined): Login | undefined {
  const found = logins.find((each) => each === login);
  if (login !== undefined && found === undefined) {
    throw usageFailure(`--login: seen "${login}", allowed are ${logins.join(" and ")}.`);
  }
  return found;
}

function repositoryOf(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) {
      throw usageFailure(`${root} is in no git repository. Make one (git init), and run the command again.`);
    }
  }
}

/** Who runs jobs unless somebody says otherwise. */
function runnerOf(system: System, isRemote: boolean): string {
  if (!isRemote) return system === "github" ? "self-hosted,model-lifecycle" : "model-lifecycle";
  return system === "github" ? "ubuntu-24.04" : "saas-linux-small-amd64";
}

const PINNED = /^[a-z0-9][a-z0-9./:_-]{0,200}@sha256:[0-9a-f]{64}$/;

/** GitHub's machines have what jobs need; elsewhere jobs run in an image, which has to stay the same. */
function imageOf(system: System, isRemote: boolean, image: string | undefined): string | undefined {
  if (system === "github" && image !== undefined) {
    throw usageFailure(`--image: seen "${image}", allowed is nothing with github, whose jobs run on a machine.`);
  }
  if (image === undefined ? system === "gitlab" && isRemote : !PINNED.test(image)) {
    throw usageFailure(
      `--image: seen ${image === undefined ? "nothing" : `"${image}"`}, allowed is an image with its digest, in which there are git, Node 22 and pulumi: pulumi/pulumi-nodejs@sha256:…`,
    );
  }
  return image;
}

type NextSteps = (stack: string, isRemote: boolean, login: Login | undefined) => readonly string[];

const nextSteps: Readonly<Record<System, NextSteps>> = {
  github: (stack, isRemote, login) => [
    "commit the files, and the project's package-lock.json",
    `make an environment "${stack}" in the repository's settings, with the people who may deploy`,
    "set the secret PULUMI_ACCESS_TOKEN, or the variable PULUMI_BACKEND_URL and the secret PULUMI_CONFIG_PASSPHRASE",
    ...loginSteps(login),
    ...(isRemote ? [] : ["register a runner with these labels on the machine that serves, as the user who serves"]),
    "let workflows open pull requests: Settings, Actions, General",
  ],
  gitlab: (stack, isRemote, login) => [
    "commit the files, and the project's package-lock.json",
    `protect the environment "${stack}", with the people who may deploy`,
    "set the masked variable PULUMI_ACCESS_TOKEN, or PULUMI_BACKEND_URL and the masked variable PULUMI_CONFIG_PASSPHRASE",
    "set the masked variable MODEL_REVIEW_TOKEN: a project access token of the role Reporter with the scope api",
    `set the masked variable MODEL_PUSH_TOKEN for the environment ${stack}: a project access token of the role Developer with the scope write_repository`,
    ...loginSteps(login),
    ...(isRemote
      ? []
      : ["register a runner of the executor shell with these tags on the machine that serves, as the user who serves"]),
    `make a schedule for each night with the variable MODEL_LOOK=${stack}`,
  ],
};

const loginSteps = (login: Login | undefined): readonly string[] => [
  ...(login === "aws" ? ["set the variables AWS_ROLE and AWS_REGION"] : []),
  ...(login === "gcp" ? ["set the variables GCP_IDENTITY_PROVIDER and GCP_SERVICE_ACCOUNT"] : []),
];
