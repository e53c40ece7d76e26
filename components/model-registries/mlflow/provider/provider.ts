import { elsewhere } from "../../../provider/elsewhere.ts";
import { ResourceProvider } from "../../../provider/provider.ts";
import { lookup } from "./lookup.ts";
import { notes } from "./notes.ts";

/** The provider of notes in MLflow's registry, which says itself what stands there. */
export const mlflowProvider = (version: string): ResourceProvider<NodeJS.ProcessEnv> =>
  new ResourceProvider({
    name: "model-lifecycle-mlflow",
    version,
    kinds: { Lookup: lookup, Notes: notes(() => new Date().toISOString()) },
    place: elsewhere({ here: "in the registry", instead: "a ModelRegistry in the program, which finds what stands" }),
  });
