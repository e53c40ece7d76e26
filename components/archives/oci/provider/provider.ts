import { elsewhere } from "../../../provider/elsewhere.ts";
import { ResourceProvider } from "../../../provider/provider.ts";
import { archive } from "./archive.ts";

/** The provider of archives in a registry, which says itself what it holds. */
export const ociProvider = (version: string, variables?: NodeJS.ProcessEnv): ResourceProvider<NodeJS.ProcessEnv> =>
  new ResourceProvider({
    name: "model-lifecycle-oci",
    version,
    kinds: { Archive: archive },
    place: elsewhere(
      { here: "in the registry", instead: "an archive in the program, which finds the copy that stands" },
      variables,
    ),
  });
