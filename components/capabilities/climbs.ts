import type { Capability } from "./capability.ts";

/** Who takes a candidate up its steps: the data plane by itself, a controller that looks every so often, or nobody. */
export type Climbs = "dataPlane" | "controller" | "nobody";

const words: Readonly<Record<Climbs, string>> = {
  dataPlane: "the data plane",
  controller: "a controller",
  nobody: "nobody",
};

/** Who takes a candidate up its steps. */
export const climbs: Capability<Climbs> = {
  means: "Who takes a candidate up its steps: the data plane by itself, a controller beside it, or nobody.",
  refuses: "Where nobody does: `advance: automatic`.",
  check(who, { release }) {
    if (who !== "nobody" || release.rollout.advance === "manual") return [];
    return [
      {
        path: "rollout.advance",
        seen: `"${release.rollout.advance}"`,
        allowed: "manual, because nobody climbs",
        cure: "write advance: manual, and take each step with mlc advance",
      },
    ];
  },
  describe: (who) => words[who],
};
