import { play } from "../../../examples/sentiment-api/demo/on-kubernetes.ts";
import { optionsOrEnd } from "../../../examples/sentiment-api/demo/options.ts";
import { openRealCluster } from "./stage.ts";

// `npm run demo -- --on kubernetes`, in the namespaces of the lane.

const options = optionsOrEnd();
await play(await openRealCluster(), options);
