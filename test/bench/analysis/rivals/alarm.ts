import type { Rival } from "./rival.ts";

/** `Period` of the documented example, in minutes. */
const PERIOD = 10;

/**
 * A CloudWatch alarm as SageMaker's deployment guardrails use it: the candidate's average of errors above a threshold in 2
 * of 2 periods of 10 minutes; a period without requests is not breaching. Stable is not looked at. Settings (`Period: 600`,
 * `EvaluationPeriods: 2`, `Statistic: Average`, `TreatMissingData: notBreaching`): the example in "Auto-Rollback
 * Configuration and Monitoring", docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html. Its
 * `Threshold: 1` is more than an average of errors can be; 2 %, twice what is usual here, stands in for it.
 */
export const alarm: Rival = {
  name: "CloudWatch alarm, above 2 % in 2 of 2 periods of 10 min",
  watch: () => {
    let [minutes, units, events, before] = [0, 0, 0, false];
    return ({ n1, x1 }) => {
      [minutes, units, events] = [minutes + 1, units + n1, events + x1];
      if (minutes % PERIOD !== 0) return false;
      const now = units > 0 && events / units > 0.02;
      const fires = now && before;
      [units, events, before] = [0, 0, now];
      return fires;
    };
  },
};
