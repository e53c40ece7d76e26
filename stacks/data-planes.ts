import { readdirSync } from "node:fs";
import type { DataPlane, LocateDataPlane, StackRequest } from "../components/platforms/data-plane.ts";

const platforms = new URL("../components/platforms/", import.meta.url);

/**
 * What serves a stack, found without its configuration, for the emergency brake: that of the platform which the stack's
 * file names. When that cannot be told, the one where something was deployed.
 */
export async function locateDataPlane(request: StackRequest): Promise<DataPlane> {
  const kinds = readdirSync(platforms, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = kinds.map(({ name }) => name);
  const asked = names.filter((name) => name === request.platform);
  const found = await Promise.all((asked.length > 0 ? asked : names).map((kind) => locate(kind, request)));
  const [first, ...others] = found.toSorted(
    (one, other) => Number(one.remote ?? false) - Number(other.remote ?? false),
  );
  if (first === undefined) throw new Error(`no platform in ${platforms.pathname}`);
  return others.length === 0 ? first : ((await firstThatServes([first, ...others])) ?? first);
}

/** What cannot be asked is passed over. */
async function firstThatServes(dataPlanes: readonly DataPlane[]): Promise<DataPlane | undefined> {
  for (const each of dataPlanes) if (await each.exists().catch(() => false)) return each;
  return undefined;
}

async function locate(kind: string, request: StackRequest): Promise<DataPlane> {
  const found: { readonly locate: LocateDataPlane } = await import(
    `../components/platforms/${kind}/data-plane/index.ts`
  );
  return found.locate(request);
}
