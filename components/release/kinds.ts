import { localArchive } from "../archives/local/document.ts";
import { prometheusMonitor } from "../monitors/prometheus/document.ts";
import { localPlatform } from "../platforms/local/document.ts";
import { pathSource } from "../sources/path/document.ts";

// What a release may name by `kind`: the only list of each. The folder of a kind has the kind's name, and everything else
// of it is found by that.

/** Where models are served. */
export const platformKinds: readonly (typeof localPlatform)[] = [localPlatform];

/** Where content comes from. */
export const sourceKinds: readonly (typeof pathSource)[] = [pathSource];

/** Where archives are kept. */
export const archiveKinds: readonly (typeof localArchive)[] = [localArchive];

/** Who watches what serves. */
export const monitorKinds: readonly (typeof prometheusMonitor)[] = [prometheusMonitor];
