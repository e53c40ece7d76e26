import type { Delivery } from "../release/resolved.ts";
import type { Capability } from "./capability.ts";

const words: Readonly<Record<Delivery, string>> = {
  files: "files that are copied",
  image: "images that are pulled",
  claim: "volumes that are mounted",
};

const cures: Readonly<Record<Delivery, string>> = {
  files: "put the files into a directory beside the program: source: { kind: path }",
  image: "build an image of the files, push it, and name it: source: { kind: oci }",
  claim: "put the files into a volume of the cluster, and name its claim: source: { kind: claim }",
};

/** What versions may be: each deployed version's source gives one of these. */
export const sources: Capability<readonly Delivery[]> = {
  means: "What a version may be: files that the platform copies, an image that it pulls, or a volume that it mounts.",
  refuses: "Deployed versions whose source gives something else.",
  check: (taken, { release }) =>
    Object.entries(release.versions).flatMap(([version, { source, deployed }]) => {
      const { kind, delivers = "files" } = source;
      if (!deployed || taken.includes(delivers)) return [];
      const allowed = taken.map((each) => words[each]).join(", ") || "none";
      const cure = taken.map((each) => cures[each]).join("; or ") || "name another platform";
      return [{ path: `versions.${version}.source.kind`, seen: `"${kind}", ${words[delivers]}`, allowed, cure }];
    }),
  describe: (taken) => taken.map((each) => words[each]).join(", "),
};
