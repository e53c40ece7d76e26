import { createHash } from "node:crypto";

/** The longest name of an object that is also a host name: a Service, and what is labelled by it. */
const MOST = 63;

/**
 * A name that every kind of object accepts: what a Service may be called (RFC 1035: at most 63 of a–z, 0–9 and "-", a
 * letter first). What has to be changed for that gets a hash, so that two names never become one.
 */
export function objectName(...parts: readonly string[]): string {
  const asked = parts.join("-");
  const plain = asked.toLowerCase().replaceAll(/[^a-z0-9-]+/g, "-");
  const name = /^[a-z]/.test(plain) ? plain : `m-${plain}`;
  if (name === asked && name.length <= MOST && !name.endsWith("-")) return name;
  const hash = createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 8);
  return `${name.slice(0, MOST - 9).replace(/-+$/, "")}-${hash}`;
}

/** What serves one content of a version: its Deployment, Service and scaling. Other content is another name, so that no version is ever edited into another. */
export const variantName = (model: string, version: string, content: string): string =>
  objectName(model, version, content.slice(0, 8));

/**
 * The Service by which requests reach a version that they name. It is the same for whatever content the version has, so that it
 * can be led elsewhere when nothing is known of the version but its name.
 */
export const namedService = (model: string, version: string): string => objectName(model, version, "named");

/** A stack of a project, as a label. */
export const stackLabel = (project: string, stack: string): string => objectName(project, stack);

/** The HTTPRoute of a model. */
export const routeName = (model: string): string => objectName(model);

/** The ConfigMap that keeps what a rollout has come to. */
export const stateName = (model: string): string => objectName(model, "rollout");

/** The ConfigMap that keeps how rollouts ended, with their evidence. */
export const historyName = (model: string): string => objectName(model, "history");

/** What takes a model's candidate up its steps: Deployment, ServiceAccount, Role and RoleBinding. */
export const controllerName = (model: string): string => objectName(model, "controller");

/** What answers 410 for versions that are retired. */
export const goneName = (model: string): string => objectName(model, "gone");
