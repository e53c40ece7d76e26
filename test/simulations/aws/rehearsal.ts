import { Account, type RuleName } from "../../../components/simulations/aws/index.ts";
import { linesOf, type Run } from "../../support/project.ts";
import { rehearsalProject } from "../rehearsal-project.ts";

/** How a run of a program went. */
export interface Went {
  readonly code: number;
  readonly output: string;
  readonly lines: readonly string[];
}

/** A program of the real SDK, on a simulated account, run by the real engine. */
export interface Rehearsal extends AsyncDisposable {
  /** Rules that do not hold in the runs to come, and where the account is looked at. */
  off: readonly RuleName[];
  /** @param flags of the engine's, beside its own */
  up(program: string, ...flags: readonly string[]): Promise<Went>;
  preview(program: string): Promise<Went>;
  refresh(): Promise<Went>;
  destroy(): Promise<Went>;
  /** Looks at the account, or is somebody else in it. */
  account<Result>(work: (account: Account) => Result): Result;
}

const head = `import * as aws from "@pulumi/aws";
const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "sagemaker.amazonaws.com" } }] };
const serving = new aws.iam.Role("serving", { assumeRolePolicy: trust });
const image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/churn:1";
const model = (name, extra = {}) => new aws.sagemaker.Model(name, { executionRoleArn: serving.arn, primaryContainer: { image }, ...extra });
const variant = (variantName, modelName, initialVariantWeight, extra = {}) => ({
  variantName, modelName, initialVariantWeight, initialInstanceCount: 1, instanceType: "ml.m5.large", ...extra,
});
const alarm = (name, extra = {}) => new aws.cloudwatch.MetricAlarm(name, {
  name, comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, threshold: 1,
  namespace: "AWS/SageMaker", metricName: "Invocation5XXErrors", statistic: "Sum", period: 60, ...extra,
});
const guarded = (alarms, policy = { trafficRoutingConfiguration: { type: "ALL_AT_ONCE", waitIntervalInSeconds: 0 } }) => ({
  blueGreenUpdatePolicy: policy,
  autoRollbackConfiguration: { alarms: alarms.map((alarmName) => ({ alarmName })) },
});
`;

export async function rehearse(): Promise<Rehearsal> {
  const { project, folder } = await rehearsalProject("aws");
  const run = async (work: () => Promise<Run>, program?: string): Promise<Went> => {
    if (program !== undefined) project.write("index.js", head + program);
    project.env.AWS_SIMULATION_OFF = rehearsal.off.join(",");
    const ran = await work();
    return {
      code: ran.code,
      output: ran.output,
      lines: linesOf(ran).filter((line) => !/ (Stack|aws) /.test(line)),
    };
  };
  const rehearsal: Rehearsal = {
    off: [],
    up: (program, ...flags) => run(() => project.up("--skip-preview", ...flags), program),
    preview: (program) => run(() => project.preview(), program),
    refresh: () =>
      run(() => project.pulumi("refresh", "--yes", "--stack", project.stack, "--non-interactive", "--skip-preview")),
    destroy: () => run(() => project.destroy()),
    account(work) {
      const account = new Account({ folder, off: rehearsal.off });
      const result = work(account);
      account.save();
      return result;
    },
    async [Symbol.asyncDispose]() {
      rehearsal.off = [];
      await project[Symbol.asyncDispose]();
    },
  };
  return rehearsal;
}
