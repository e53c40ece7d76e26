import { ResourceProvider } from "../../../provider/provider.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { archive } from "./archive.ts";
import { artifact } from "./artifact.ts";
import { document } from "./document.ts";
import { gateway } from "./gateway.ts";
import { modelServer } from "./model-server.ts";
import { localPlace } from "./place.ts";
import { route } from "./route.ts";

/** The provider of the local platform: which kinds of resource there are, and that they live in a state folder. */
export const localProvider = (version: string): ResourceProvider<StateFolder> =>
  new ResourceProvider({
    name: "model-lifecycle-local",
    version,
    kinds: {
      Archive: archive,
      Artifact: artifact,
      Document: document,
      Gateway: gateway,
      ModelServer: modelServer,
      Route: route,
    },
    place: localPlace,
  });
