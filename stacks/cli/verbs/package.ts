import { configuredVersions, stackOptions } from "../option-words.ts";
import type { PackageOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

/** Writes what an image of a version is made from, and makes it where that takes no daemon. */
export const packageVerb: Verb<PackageOptions> = {
  usage: "package <version>",
  summary: "write a Dockerfile of a version: its files, what answers for them, and a list of all parts",
  description:
    "Writes a folder with a plain Dockerfile, the version's pinned files, what answers for them and a list of all parts (CycloneDX); the same version is the same folder. With --push the image is made without a daemon and pushed, and its digest is printed as a source of a release. Runs as nobody, on a read-only root. Logins are those of docker login, or OCI_CREDENTIAL for the base and OCI_ARCHIVE_CREDENTIAL for the image, as user:password.",
  example: "mlc package v2 --image ghcr.io/team/sentiment:v2 --base docker.io/library/node:22-slim@sha256:… --push",
  options: [
    ...stackOptions,
    { flags: "--image <name>", description: "registry, repository and tag of the image", required: true },
    {
      flags: "--base <image>",
      description: "the image below it with its digest: Node 22 or later, or for serve.python that Python",
      required: true,
    },
    { flags: "--out <folder>", description: "where the Dockerfile goes [images/<version>]" },
    { flags: "--push", description: "make the image without a daemon, and push it" },
  ],
  arguments: configuredVersions,
  async run(terminal, { args: [version = ""], options }) {
    const { packageVersion } = await import("../package/package-version.ts");
    return packageVersion(terminal, version, options);
  },
};
