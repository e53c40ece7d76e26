import { type Capability, yesOrNo } from "./capability.ts";

/** Whether requests of one user can be kept with one version. */
export const sticky: Capability<boolean> = {
  means: "Requests with the same value of a header stay with one version.",
  refuses: "A sticky header.",
  check(can, { traffic }) {
    if (can || traffic.stickyHeader === undefined) return [];
    return [
      { path: "rollout.sticky", seen: `"${traffic.stickyHeader}"`, allowed: "no sticky routing", cure: "remove it" },
    ];
  },
  describe: yesOrNo,
};
