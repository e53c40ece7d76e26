import type { DataPlane, StackRequest } from "../components/platforms/data-plane.ts";
import { locateLocal } from "../components/platforms/local/data-plane/index.ts";

/**
 * What serves a stack, found without its configuration, for the emergency brake. The only place of the command line that
 * names platforms; there is one.
 */
export const locateDataPlane = (request: StackRequest): DataPlane => locateLocal(request);
