import { type Capability, yesOrNo } from "./capability.ts";

/** Whether outcomes that come back from the business can be told to what serves. */
export const feedback: Capability<boolean> = {
  means: "Outcomes that come back later are taken, and joined to the version that gave the prediction.",
  refuses: "Guards of business metrics.",
  check(can, { release }) {
    if (can) return [];
    const { guards, guardIndexes } = release.rollout;
    return guards.flatMap(({ metric, source }, index) =>
      source !== "feedback"
        ? []
        : [
            {
              path: `rollout.guards[${guardIndexes[index] ?? index}]`,
              seen: `"${metric}", which arrives as feedback`,
              allowed: "guards of what requests show",
              cure: "remove the guard",
            },
          ],
    );
  },
  describe: yesOrNo,
};
