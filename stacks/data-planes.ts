import type { DataPlane, StackRequest } from "../components/platforms/data-plane.ts";
import { locateLocal } from "../components/platforms/local/data-plane/index.ts";

/**
 * What serves a stack. Found without its configuration, for the emergency brake: each platform that may have it is asked in
 * turn, and the first is it where nothing was deployed yet. The only place of the command line that names platforms.
 */
export const locateDataPlane = (request: StackRequest): DataPlane => locateLocal(request);
