import { type Capability, yesOrNo } from "./capability.ts";

/** Whether a version may get copies of requests and answer nobody. */
export const shadow: Capability<boolean> = {
  means: "Copies of requests go to a version that answers nobody.",
  refuses: 'The weight "shadow", and steps of that name.',
  check(can, { traffic }) {
    if (can) return [];
    const refused = { seen: `"shadow"`, allowed: "shares only" };
    return [
      ...(traffic.shadow ? [{ ...refused, path: "rollout.weight", cure: "name a share" }] : []),
      ...traffic.rollout.steps.flatMap(({ kind }, index) =>
        kind === "shadow" ? [{ ...refused, path: `rollout.steps[${index}]`, cure: "remove the step" }] : [],
      ),
    ];
  },
  describe: yesOrNo,
};
