/** What workflows are written for. */
export interface WorkflowSettings {
  readonly stack: string;
  /** Folder of Pulumi.yaml in the repository; "." where it is the repository's. */
  readonly folder: string;
  /** The branch whose configuration is what serves. */
  readonly branch: string;
  /** Who runs the jobs: labels of runners. */
  readonly runner: readonly string[];
  /** The cloud that jobs get short-lived credentials of; absent: none. */
  readonly login?: Login;
  /** The image that jobs run in, with its digest, where a system wants one; absent: the machine of the runner itself. */
  readonly image?: string;
  /** Path of the policy pack in an installed project. */
  readonly policyPack: string;
}

/** Clouds that take a workflow's own identity for a credential. */
export type Login = "aws" | "gcp";

/** The clouds, as the command line names them. */
export const logins: readonly Login[] = ["aws", "gcp"];
