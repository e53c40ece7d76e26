import { localArchive } from "../archives/local/document.ts";
import { ociArchive } from "../archives/oci/document.ts";
import { mlflowRegistry } from "../model-registries/mlflow/document.ts";
import { prometheusMonitor } from "../monitors/prometheus/document.ts";
import { kubernetesPlatform } from "../platforms/kubernetes/document.ts";
import { localPlatform } from "../platforms/local/document.ts";
import { commandRuntime } from "../runtimes/command/document.ts";
import { bentoSource } from "../sources/bento/document.ts";
import { claimSource } from "../sources/claim/document.ts";
import { dvcSource } from "../sources/dvc/document.ts";
import { huggingfaceSource } from "../sources/huggingface/document.ts";
import { mlflowSource } from "../sources/mlflow/document.ts";
import { objectSource } from "../sources/object/document.ts";
import { ociSource } from "../sources/oci/document.ts";
import { pathSource } from "../sources/path/document.ts";

// What a release may name by `kind`: the only list of each. The folder of a kind has the kind's name, and everything else
// of it is found by that.

/** Where models are served. */
export const platformKinds: readonly (typeof localPlatform | typeof kubernetesPlatform)[] = [
  localPlatform,
  kubernetesPlatform,
];

/** Where content comes from. */
export const sourceKinds: readonly (
  | typeof pathSource
  | typeof huggingfaceSource
  | typeof mlflowSource
  | typeof objectSource
  | typeof bentoSource
  | typeof dvcSource
  | typeof ociSource
  | typeof claimSource
)[] = [pathSource, huggingfaceSource, mlflowSource, objectSource, bentoSource, dvcSource, ociSource, claimSource];

/** What answers for a version. */
export const runtimeKinds: readonly (typeof commandRuntime)[] = [commandRuntime];

/** Where archives are kept. */
export const archiveKinds: readonly (typeof localArchive | typeof ociArchive)[] = [localArchive, ociArchive];

/** Who watches what serves. */
export const monitorKinds: readonly (typeof prometheusMonitor)[] = [prometheusMonitor];

/** Which model registries are told what serves. */
export const modelRegistryKinds: readonly (typeof mlflowRegistry)[] = [mlflowRegistry];
