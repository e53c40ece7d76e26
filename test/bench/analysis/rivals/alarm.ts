import type { Rival } from "./rival.ts";

/**
 * A CloudWatch alarm as deployment guardrails use it (SageMaker, CodeDeploy): the candidate's error rate above 2 % in 2 of
 * 2 periods of a minute. Stable is not looked at. Source: docs.aws.amazon.com/sagemaker, "Auto-Rollback Configuration".
 */
export const alarm: Rival = {
  name: "CloudWatch alarm, above 2 % in 2 of 2 minutes",
  watch: () => {
    let before = false;
    return ({ n1, x1 }) => {
      const now = n1 > 0 && x1 / n1 > 0.02;
      const fires = now && before;
      before = now;
      return fires;
    };
  },
};
