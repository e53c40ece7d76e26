/** What a cluster has to know of each model server. */
import { container } from "./container.ts";
import { kserve } from "./kserve.ts";
import { mlserver } from "./mlserver.ts";
import type { ModelServer } from "./model-server.ts";
import type { ServerKind } from "./server-kind.ts";
import { torchserve } from "./torchserve.ts";
import { triton } from "./triton.ts";
import { vllm } from "./vllm.ts";

export type { ModelServer } from "./model-server.ts";
export type { ServerKind } from "./server-kind.ts";

/** By the name that a release gives. */
export const servers: Readonly<Record<ServerKind, ModelServer>> = {
  container,
  kserve,
  mlserver,
  torchserve,
  triton,
  vllm,
};
