/** A rule of the simulated account, or of its provider, that a program can be hurt by. */
export interface Rule {
  /** What happens, as one sentence. */
  readonly says: string;
  /** Where the fact stands. */
  readonly source: string;
  /** Read in the source or the documentation named, or inferred from it and run by nobody. */
  readonly known: "read" | "inferred";
}

const PROVIDER = "terraform-provider-aws";
const ENDPOINT = `${PROVIDER} internal/service/sagemaker/endpoint.go@0cafd6b50f`;
const CONFIGURATION = `${PROVIDER} internal/service/sagemaker/endpoint_configuration.go@b242713b84`;
const MODEL = `${PROVIDER} internal/service/sagemaker/model.go@0cafd6b50f`;
const ROLE = `${PROVIDER} internal/service/iam/role.go@0040ea6911`;
const GUARDRAILS = "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html";

/** A rule's name. */
export type RuleName =
  | "weights-reset"
  | "rollback-is-success"
  | "auto-rollback-replaces"
  | "delete-does-not-wait"
  | "failed-update-lies"
  | "wait-ends-after-an-hour"
  | "alarms-exist"
  | "alarms-roll-back"
  | "configuration-exists"
  | "configuration-deleted-in-use"
  | "same-name-starts-nothing"
  | "fixed-name-deletes-first"
  | "float-weights"
  | "random-variant-names"
  | "model-exists"
  | "model-update-does-nothing"
  | "role-is-assumed"
  | "guardrails-keep-variants"
  | "rolling-needs-one-variant"
  | "canary-is-half-at-most"
  | "shadow-is-one-and-one"
  | "capacity-is-one-of-two"
  | "names-are-taken"
  | "one-change-at-a-time"
  | "composite-needs-alarms"
  | "composite-replacement-deletes"
  | "dashboards-are-overwritten"
  | "inline-policies-are-exclusive"
  | "role-holds-policies";

/**
 * Rules by name. Each can be switched off, to see what it is good for: what the account does then is said in its line.
 * What follows from the facts of a type alone (`schemas/`) has no name and is always there.
 */
export const rules: Readonly<Record<RuleName, Rule>> = {
  "weights-reset": {
    says: "Every UpdateEndpoint sets live weights and instance counts to those of the configuration (off: variants of the same name keep theirs).",
    source: `${ENDPOINT}: RetainAllVariantProperties is never sent; ${PROVIDER}#48990`,
    known: "read",
  },
  "rollback-is-success": {
    says: "A deployment that AWS took back ends InService, and the provider reports success (off: it fails and says what serves).",
    source: `${ENDPOINT}: waits for InService alone; ${PROVIDER}#48997`,
    known: "read",
  },
  "auto-rollback-replaces": {
    says: "Adding or removing autoRollbackConfiguration replaces the endpoint (off: it is an update).",
    source: `${ENDPOINT}: ForceNew`,
    known: "read",
  },
  "delete-does-not-wait": {
    says: "The deletion of an endpoint counts as done while it still goes on, and its name stays taken (off: it is waited for).",
    source: `${ENDPOINT}: status Deleting reads as not found; ${PROVIDER}#40080`,
    known: "read",
  },
  "failed-update-lies": {
    says: "After a failed update state holds what was asked for, and the next run changes nothing and reports success (off: state keeps what was there).",
    source: `${ENDPOINT}; https://github.com/pulumi/pulumi/issues/21458`,
    known: "inferred",
  },
  "wait-ends-after-an-hour": {
    says: "A deployment that takes longer than 60 minutes fails the update, although AWS goes on (off: it is waited for).",
    source: `${ENDPOINT}: constant time-out`,
    known: "read",
  },
  "alarms-exist": {
    says: "Alarms that an endpoint names have to exist before it (off: nobody looks).",
    source: "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html",
    known: "read",
  },
  "alarms-roll-back": {
    says: "An alarm of the endpoint that fires during a deployment takes it back (off: the deployment goes on).",
    source: "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html",
    known: "read",
  },
  "configuration-exists": {
    says: "A deployment needs its configuration, and the one in use to go back to (off: only its own).",
    source: `${PROVIDER}#48997: Could not find endpoint configuration`,
    known: "read",
  },
  "configuration-deleted-in-use": {
    says: "A configuration is deleted although an endpoint uses it (off: that is refused).",
    source: CONFIGURATION,
    known: "read",
  },
  "same-name-starts-nothing": {
    says: "A configuration made again under its old name starts no deployment (off: its endpoint follows).",
    source: CONFIGURATION,
    known: "read",
  },
  "fixed-name-deletes-first": {
    says: "What has a name of the program's is deleted before its replacement is made (off: after).",
    source: "https://github.com/pulumi/pulumi/issues/6350",
    known: "read",
  },
  "float-weights": {
    says: "A weight passes through 32 bits: 0.1 reads back as another number and replaces the configuration in every run (off: it reads back as it was).",
    source: `${CONFIGURATION}; ${PROVIDER}#43643`,
    known: "inferred",
  },
  "random-variant-names": {
    says: "A variant without a name gets another one with each configuration (off: it keeps its place's).",
    source: CONFIGURATION,
    known: "read",
  },
  "model-exists": {
    says: "The models of a configuration have to exist when it is made (off: nobody looks).",
    source: CONFIGURATION,
    known: "read",
  },
  "model-update-does-nothing": {
    says: "Other subnets or security groups of a model are a successful update that changes nothing, in every run (off: they change).",
    source: MODEL,
    known: "read",
  },
  "role-is-assumed": {
    says: "SageMaker has to be trusted by the role of a model; two minutes of retries end in a refusal (off: nobody looks).",
    source: `${MODEL}: retries every ValidationException for two minutes`,
    known: "read",
  },
  "guardrails-keep-variants": {
    says: "A canary or linear deployment needs the same variants before and after (off: any).",
    source: GUARDRAILS,
    known: "read",
  },
  "rolling-needs-one-variant": {
    says: "A rolling deployment excludes several variants and serverless ones (off: any).",
    source: GUARDRAILS,
    known: "read",
  },
  "canary-is-half-at-most": {
    says: "A canary is half of the fleet at most (off: any part).",
    source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrafficRoutingConfig.html",
    known: "read",
  },
  "shadow-is-one-and-one": {
    says: "A shadow variant stands beside exactly one production variant (off: any number).",
    source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html",
    known: "read",
  },
  "capacity-is-one-of-two": {
    says: "A variant has either instances or a serverless configuration (off: both or none).",
    source: `${CONFIGURATION}: the schema relates neither, AWS refuses`,
    known: "read",
  },
  "names-are-taken": {
    says: "A model, a configuration, an endpoint, a role or a log group of that name is refused (off: it takes the place of the one there).",
    source: `${CONFIGURATION}; ${PROVIDER}#40080`,
    known: "read",
  },
  "one-change-at-a-time": {
    says: "While an endpoint is not InService neither its configuration nor its weights can be changed (off: they can).",
    source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpointWeightsAndCapacities.html",
    known: "read",
  },
  "composite-needs-alarms": {
    says: "The alarms that a composite alarm names have to exist (off: nobody looks).",
    source: `${PROVIDER} internal/service/cloudwatch/composite_alarm.go@050ac11163`,
    known: "read",
  },
  "composite-replacement-deletes": {
    says: "actionsEnabled replaces a composite alarm: the new one is written over the old one, whose deletion takes it away (off: it is an update).",
    source: `${PROVIDER} internal/service/cloudwatch/composite_alarm.go@050ac11163: ForceNew, PutCompositeAlarm`,
    known: "inferred",
  },
  "dashboards-are-overwritten": {
    says: "A dashboard takes the place of the one of its name without a word (off: that is refused).",
    source: `${PROVIDER} internal/service/cloudwatch/dashboard.go@0620f2a6a1`,
    known: "read",
  },
  "inline-policies-are-exclusive": {
    says: "A role that says inlinePolicies takes away policies that RolePolicy added, whenever it is updated (off: it leaves them).",
    source: ROLE,
    known: "read",
  },
  "role-holds-policies": {
    says: "A role that still has policies is not deleted, unless it detaches them by force or has them in state (off: it is).",
    source: ROLE,
    known: "read",
  },
};
