import type { Capability } from "./capability.ts";

/** What may answer for a version beside what its content brings: kinds of `serve`. */
export const runtimes: Capability<readonly string[]> = {
  means: "What may answer for a version beside what its content brings: the kinds of `serve` that are honoured.",
  refuses: "`serve` of deployed versions, where its kind is another.",
  check: (taken, { release }) =>
    Object.entries(release.versions).flatMap(([version, { serve, deployed }]) =>
      !deployed || serve === undefined || taken.includes(serve.kind)
        ? []
        : [
            {
              path: `versions.${version}.serve`,
              seen: `"${serve.kind}"`,
              allowed: taken.length === 0 ? "no serve: what a version is made of answers" : taken.join(", "),
              cure: "remove serve, and say in the version's own content how it is started",
            },
          ],
    ),
  describe: (taken) => taken.join(", ") || "none",
};
