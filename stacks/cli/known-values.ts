import type { StackOptions, Values } from "./options.ts";
import { findProject, locateStack, stacksOf } from "./project.ts";
import { isMapping } from "./render-yaml.ts";
import { readStackFile } from "./stack-file.ts";

/** The stacks that have a configuration. */
export const stacks: Values = stacksOf;

/** The versions that the stack's configuration names. */
export async function configuredVersions(options: StackOptions): Promise<readonly string[]> {
  const { release } = readStackFile(await findProject(options));
  return isMapping(release) && isMapping(release.versions) ? Object.keys(release.versions) : [];
}

/** The metrics that the stack's rollouts are judged by. */
export async function guardMetrics(options: StackOptions): Promise<readonly string[]> {
  const { release } = readStackFile(await findProject(options));
  const guards = isMapping(release) && isMapping(release.rollout) ? release.rollout.guards : [];
  return Array.isArray(guards) ? guards.flatMap((guard) => (isMapping(guard) ? [String(guard.metric)] : [])) : [];
}

/** Every version that one can go back to; also those that are deployed and have left the configuration. */
export async function versionsToGoBackTo(options: StackOptions): Promise<readonly string[]> {
  const [deployed, configured] = await Promise.all([deployedVersions(options), configuredVersions(options)]);
  return [...new Set([...deployed, ...configured])];
}

async function deployedVersions(options: StackOptions): Promise<readonly string[]> {
  try {
    const { dataPlane } = await locateStack(options);
    return (await dataPlane.known()).flatMap(({ plan }) => Object.keys(plan?.versions ?? {}));
  } catch {
    // What cannot be reached is no reason not to name what is configured.
    return [];
  }
}

/** The endpoints of the stack. */
export async function endpoints(options: StackOptions): Promise<readonly string[]> {
  const { dataPlane } = await locateStack(options);
  return (await dataPlane.known()).map(({ endpoint }) => endpoint);
}

/** The records of what ended. */
export async function historyIds(options: StackOptions): Promise<readonly string[]> {
  const { dataPlane } = await locateStack(options);
  const histories = (await dataPlane.known()).map(({ endpoint }) => dataPlane.history(endpoint));
  return (await Promise.all(histories)).flat().map(({ id }) => id);
}
