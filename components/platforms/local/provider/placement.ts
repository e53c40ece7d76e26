import type * as pulumi from "@pulumi/pulumi";
import { isLasting, readHostId } from "../../../host/host-id.ts";
import { refusal } from "../../../kit/index.ts";
import { findStateFolder, type StateFolder, wasServedBy } from "../state-folder/folder.ts";
import { defaultPlace, placeOf, rememberPlace } from "../state-folder/place.ts";
import type { LocalInputs } from "./resource-kind.ts";

/** What the provider adds to each state. */
export interface Placed {
  /** The machine on which it was made. */
  readonly hostId: string;
  /** Whose it is: another one in its record means that another resource has taken it over. Absent in states of version 0.1.0. */
  readonly owner?: string;
}

/** Says that a machine named in the state will not come back, by its id. */
const machineGone = "MLC_MACHINE_GONE";

/**
 * The folder of a resource on this machine; undefined when it is gone for good.
 * @throws pulumi.RunError when it is on another machine: what runs there can be neither seen nor changed from here.
 */
export function folderOf(urn: pulumi.URN, state: LocalInputs & Partial<Placed>): StateFolder | undefined {
  const { stateDir, hostId } = state;
  const folder = findStateFolder(stateDir);
  const host = readHostId();
  if (hostId === undefined || hostId === host || !isLasting(hostId)) return folder;
  if (folder !== undefined && wasServedBy(folder, hostId)) return folder;
  if (process.env[machineGone] === hostId) return undefined;
  throw refusal(
    `${nameIn(urn)}: the state belongs to machine ${hostId}, this is machine ${host}. Run this stack there. When that machine is gone for good, run the same command with ${machineGone}=${hostId} in the environment: everything is built again here.`,
  );
}

/**
 * The inputs in the place where the stack is. A place that nobody chose follows the state: after \`pulumi stack rename\`,
 * in another checkout, by another XDG_STATE_HOME. A place that somebody chose is not changed under what serves.
 */
export function keptInPlace<Inputs extends LocalInputs>(
  urn: pulumi.URN,
  news: Inputs,
  olds: Inputs | undefined,
): { readonly inputs: Inputs; readonly failures: readonly string[] } {
  const { project, stack } = partsOf(urn);
  const usual = defaultPlace({ project, stack });
  const isChosen = news.stateDir !== usual && !news.stateDir.endsWith(`/.model-lifecycle/${stack}`);
  const there = olds === undefined || olds.stateDir === news.stateDir ? undefined : findStateFolder(olds.stateDir);
  if (there === undefined) {
    // What is new goes where the rest of the stack is.
    const isUsual = usual !== undefined && news.stateDir === usual;
    const stateDir = isUsual ? placeOf({ project, stack, root: "/" }).path : news.stateDir;
    return { inputs: { ...news, stateDir }, failures: [] };
  }
  if (isChosen) return { inputs: news, failures: [moved(news.stateDir, there.root)] };
  if (usual !== undefined) rememberPlace(usual, there.root);
  return { inputs: { ...news, stateDir: there.root }, failures: [] };
}

/** Where something of this stack may stand already: where the stack is known to be, and where it is asked for. */
export function placesOf(urn: pulumi.URN, { stateDir }: LocalInputs): readonly string[] {
  const { project, stack } = partsOf(urn);
  const isKnown = defaultPlace({ project, stack }) !== undefined;
  return [...new Set([...(isKnown ? [placeOf({ project, stack, root: "/" }).path] : []), stateDir])];
}

/** `<project>/<stack>` of a resource. */
export function stackOf(urn: pulumi.URN): string {
  const { project, stack } = partsOf(urn);
  return `${project}/${stack}`;
}

/** Leaves word beside the default place of the resource's stack. */
export function notePlace(urn: pulumi.URN, { stateDir }: LocalInputs): void {
  const usual = defaultPlace(partsOf(urn));
  if (usual !== undefined) rememberPlace(usual, stateDir);
}

const moved = (seen: string, allowed: string): string =>
  `platform.stateFolder: seen ${seen}; allowed: ${allowed}, where this stack serves from. Another folder would be another endpoint with another port and no history. To move: \`pulumi destroy\`, change the setting, \`pulumi up\`.`;

export const nameIn = (urn: pulumi.URN): string => urn.split("::").at(-1) ?? urn;

/** `urn:pulumi:<stack>::<project>::…` */
function partsOf(urn: pulumi.URN): { readonly project: string; readonly stack: string } {
  const [head = "", project = ""] = urn.split("::");
  return { project, stack: head.replace(/^urn:pulumi:/, "") };
}
