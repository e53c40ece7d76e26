import { env } from "node:process";
import { refusal } from "../../../kit/index.ts";
import { ResourceProvider } from "../../../provider/provider.ts";
import { lookup } from "./lookup.ts";
import { notes } from "./notes.ts";

/** The provider of notes in MLflow's registry, which says itself what stands there. */
export const mlflowProvider = (
  version: string,
  variables: NodeJS.ProcessEnv = env,
): ResourceProvider<NodeJS.ProcessEnv> =>
  new ResourceProvider({
    name: "model-lifecycle-mlflow",
    version,
    kinds: { Lookup: lookup, Notes: notes(() => new Date().toISOString()) },
    place: {
      here: "in the registry",
      marks: () => ({}),
      open: () => variables,
      find: () => variables,
      idOf: ({ name }) => name,
      locate(type, id) {
        throw refusal(
          `${type} ${id}: seen an import; allowed: a ModelRegistry in the program, which finds what stands. Declare it, and run pulumi up.`,
        );
      },
    },
  });
