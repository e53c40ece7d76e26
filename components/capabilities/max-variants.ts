import type { Capability } from "./capability.ts";

/** How many versions may be deployed side by side: 2 or more. */
export const maxVariants: Capability<number> = {
  means: "How many versions may be deployed side by side.",
  refuses: "More deployed versions.",
  check(most, { traffic }) {
    const deployed = Object.keys(traffic.versions);
    if (deployed.length <= most) return [];
    return [
      {
        path: "versions",
        seen: `${deployed.length} deployed versions (${deployed.join(", ")})`,
        allowed: `at most ${most}`,
        cure: "retire or remove one",
      },
    ];
  },
  describe: String,
};
