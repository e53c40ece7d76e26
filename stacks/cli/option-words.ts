import type { Option, Values } from "./options.ts";

/** The words of `StackOptions`, without `--json`. */
export const stackOptions: readonly Option[] = [
  {
    flags: "--stack <name>",
    description: "the stack [the only one configured, else $PULUMI_STACK]",
    values: async (options) => (await import("./known-values.ts")).stacks(options),
  },
  { flags: "--cwd <dir>", description: "the project's folder, or one below it" },
];

/** The words of `ChangeOptions`. */
export const changeOptions: readonly Option[] = [
  ...stackOptions,
  { flags: "--yes", description: "make the change without asking" },
  { flags: "--no-up", description: "write the configuration only and leave `pulumi up` to CI" },
  {
    flags: "--policy-pack <dir>",
    description: "a policy pack for `pulumi up`; may be repeated [$MLC_POLICY_PACK]",
    repeated: true,
  },
];

/** The words of `EmergencyOptions`, without `--to`. */
export const emergencyOptions: readonly Option[] = [
  ...stackOptions,
  { flags: "--project <name>", description: "the project, where no Pulumi.yaml tells its name" },
  { flags: "--reason <text>", description: "why, for the record" },
  {
    flags: "--endpoint <name>",
    description: "only this endpoint's traffic",
    values: async (options) => (await import("./known-values.ts")).endpoints(options),
  },
  { flags: "--yes", description: "accepted and not needed: nothing is asked" },
  { flags: "--no-up", description: "set traffic and configuration, leave `pulumi up` to CI" },
];

/** Completes the name of a configured version. */
export const configuredVersions: Values = async (options) =>
  (await import("./known-values.ts")).configuredVersions(options);
