import type { Data } from "./data.ts";

/** What CloudWatch says of an alarm. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** An alarm of CloudWatch as the account has it. */
export interface Alarm {
  readonly name: string;
  /** What the program said of it. */
  readonly definition: Data;
  readonly state: AlarmState;
}

/** A group of logs as the account has it. */
export interface LogGroup {
  readonly name: string;
  /** Days; 0 is for ever. */
  readonly retentionInDays: number;
  readonly kmsKeyId?: string;
}

/** An IAM role as the account has it. */
export interface Role {
  readonly name: string;
  readonly path: string;
  readonly uniqueId: string;
  readonly createDate: string;
  /** Who may take it, as JSON. */
  readonly trust: string;
  /** Inline policies, as JSON by name. */
  readonly policies: Readonly<Record<string, string>>;
  /** ARNs of managed policies. */
  readonly attached: readonly string[];
  readonly description?: string;
  readonly maxSessionDuration: number;
  readonly boundary?: string;
}

/** A model of SageMaker: containers and the role they run with. */
export interface Model {
  readonly name: string;
  readonly executionRoleArn: string;
  readonly containers: readonly Data[];
  readonly vpcConfig?: Data;
}

/** A variant as its configuration says it. */
export interface ConfiguredVariant {
  readonly variantName: string;
  readonly modelName?: string;
  /** At least 0. */
  readonly initialVariantWeight: number;
  /** At least 1; absent for serverless variants. */
  readonly initialInstanceCount?: number;
  readonly isServerless: boolean;
}

/** An endpoint configuration of SageMaker. It never changes. */
export interface Configuration {
  readonly name: string;
  readonly variants: readonly ConfiguredVariant[];
  readonly shadows: readonly ConfiguredVariant[];
}

/** Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html */
export type EndpointStatus =
  | "Creating"
  | "Updating"
  | "SystemUpdating"
  | "RollingBack"
  | "InService"
  | "Deleting"
  | "Failed";

/** A variant that serves: what it has, and what it is to have once the endpoint is InService. */
export interface LiveVariant {
  readonly name: string;
  readonly modelName?: string;
  readonly currentWeight: number;
  readonly desiredWeight: number;
  /** Absent for serverless variants. */
  readonly currentInstanceCount?: number;
  readonly desiredInstanceCount?: number;
}

/** An endpoint of SageMaker as it is. Weights are its own: no resource of the provider has them. */
export interface Endpoint {
  readonly name: string;
  /** Of what serves, not of what was asked for. */
  readonly configName: string;
  readonly status: EndpointStatus;
  readonly variants: readonly LiveVariant[];
  readonly created: string;
  readonly modified: string;
  /** As the last deployment had it. */
  readonly deploymentConfig?: Data;
  /** Why the last creation or deployment did not do what it should. */
  readonly failureReason?: string;
  /** What goes on. */
  readonly deployment?: Deployment;
}

/** What goes on at an endpoint, until when by the account's clock. */
export type Deployment =
  | { readonly kind: "deletion"; readonly ends: number }
  | { readonly kind: "weights"; readonly ends: number }
  | {
      readonly kind: "fleet";
      readonly ends: number;
      /** What is to serve, as it was said when the deployment started. */
      readonly to: Configuration;
      /** Why it will not, when that is known. */
      readonly failure?: string;
    };

/** What an account holds, by name. */
export interface Holdings {
  alarms: Record<string, Alarm>;
  configurations: Record<string, Configuration>;
  /** Bodies, as JSON. */
  dashboards: Record<string, string>;
  endpoints: Record<string, Endpoint>;
  logGroups: Record<string, LogGroup>;
  models: Record<string, Model>;
  roles: Record<string, Role>;
}
