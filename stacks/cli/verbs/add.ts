import { stackOptions } from "../option-words.ts";
import type { AddOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

/** Writes a new version into the configuration, pinned to what a reference leads to now; nothing is deployed. */
export const add: Verb<AddOptions> = {
  usage: "add <version>",
  summary: "write a new version into the configuration, pinned to what a reference leads to now",
  description:
    "Looks up once what the reference leads to, fetches and hashes its files, and writes the version with its immutable pin, the reference beside it. Whatever the reference leads to later, the version stays what it is. References: a directory, models:/name@alias (MLflow), hf://org/model@revision (Hugging Face), s3://bucket/prefix, gs://bucket/prefix, oci://registry/image:tag. Logins come from the environment.",
  example: "mlc add v7 --from models:/sentiment@champion",
  options: [
    ...stackOptions,
    { flags: "--from <reference>", description: "where the version comes from", required: true },
    {
      flags: "--endpoint <url>",
      description: "the registry [HF_ENDPOINT, MLFLOW_TRACKING_URI, AWS_ENDPOINT_URL_S3]",
    },
    { flags: "--include <pattern>", description: "only these files of a hub; may be repeated", repeated: true },
    { flags: "--allow-pickle <reason>", description: "let pickles in, which run code when they are loaded" },
    { flags: "--yes", description: "write without asking" },
  ],
  async run(terminal, { args: [name = ""], options }) {
    const { addVersion } = await import("../add-version.ts");
    return addVersion(terminal, name, options);
  },
};
