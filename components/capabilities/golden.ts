import { type Capability, yesOrNo } from "./capability.ts";

/** Whether a version has to answer its golden requests before it gets any traffic. */
export const golden: Capability<boolean> = {
  means: "A version answers its golden requests before it gets any traffic.",
  refuses: "Golden requests of deployed versions.",
  check(can, { release }) {
    if (can) return [];
    return Object.entries(release.versions).flatMap(([version, { checks, deployed }]) =>
      !deployed || checks.golden === undefined
        ? []
        : [
            {
              path: `versions.${version}.checks.golden`,
              seen: `"${checks.golden}"`,
              allowed: "no golden requests",
              cure: "remove checks, and ask them where the image is built",
            },
          ],
    );
  },
  describe: yesOrNo,
};
