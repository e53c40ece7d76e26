import { env } from "node:process";
import { refusal } from "../../../kit/index.ts";
import { ResourceProvider } from "../../../provider/provider.ts";
import { archive } from "./archive.ts";

/** The provider of archives in a registry, which says itself what it holds. */
export const ociProvider = (version: string, variables: NodeJS.ProcessEnv = env): ResourceProvider<NodeJS.ProcessEnv> =>
  new ResourceProvider({
    name: "model-lifecycle-oci",
    version,
    kinds: { Archive: archive },
    place: {
      here: "in the registry",
      marks: () => ({}),
      open: () => variables,
      find: () => variables,
      idOf: ({ name }) => name,
      locate(type, id) {
        throw refusal(
          `${type} ${id}: seen an import; allowed: an archive in the program, which finds the copy that stands. Declare it, and run pulumi up.`,
        );
      },
    },
  });
