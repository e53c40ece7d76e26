import { createHash } from "node:crypto";
import type { ConfigMapArgs } from "@pulumi/kubernetes/core/v1/configMap.js";
import type { ResolvedKubernetesPlatform } from "../document/resolved.ts";
import { objectName } from "../route/names.ts";
import { metadataOf } from "./labels.ts";

/** A ConfigMap that never changes: other content is another one, so that a pod runs what it was started with. */
export interface Code {
  readonly name: string;
  /** Of its logical name. */
  readonly suffix: string;
  readonly args: ConfigMapArgs;
}

/** Code, and data beside it, for a pod to run; named by the hash of both. @param files by name */
export function codeOf(
  purpose: string,
  model: string,
  files: Readonly<Record<string, string>>,
  platform: ResolvedKubernetesPlatform,
): Code {
  const suffix = `${purpose}-${createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 8)}`;
  const name = objectName(model, suffix);
  return { name, suffix, args: { metadata: metadataOf(name, { model }, platform), immutable: true, data: files } };
}
