import type { StackOptions, Values } from "./options.ts";
import { findProject, locateStack, stacksOf } from "./project.ts";
import { isMapping } from "./render-yaml.ts";
import { readStackFile } from "./stack-file.ts";

/** The stacks that have a configuration. */
export const stacks: Values = stacksOf;

/** The versions that the stack's configuration names. */
export function configuredVersions(options: StackOptions): readonly string[] {
  const { release } = readStackFile(findProject(options));
  return isMapping(release) && isMapping(release.versions) ? Object.keys(release.versions) : [];
}

/** Every version that one can go back to; also those that are deployed and have left the configuration. */
export const versionsToGoBackTo = (options: StackOptions): readonly string[] => [
  ...new Set([...deployedVersions(options), ...configuredVersions(options)]),
];

function deployedVersions(options: StackOptions): readonly string[] {
  try {
    const deployed = locateStack(options).dataPlane.known();
    return deployed.flatMap(({ plan }) => Object.keys(plan?.versions ?? {}));
  } catch {
    // What cannot be reached is no reason not to name what is configured.
    return [];
  }
}

/** The endpoints of the stack. */
export const endpoints = (options: StackOptions): readonly string[] =>
  locateStack(options)
    .dataPlane.known()
    .map(({ endpoint }) => endpoint);

/** The records of what ended. */
export async function historyIds(options: StackOptions): Promise<readonly string[]> {
  const { dataPlane } = locateStack(options);
  const histories = dataPlane.known().map(({ endpoint }) => dataPlane.history(endpoint));
  return (await Promise.all(histories)).flat().map(({ id }) => id);
}
