import type * as pulumi from "@pulumi/pulumi";
import { isLasting, readHostId } from "../../../host/host-id.ts";
import { refusal } from "../../../kit/index.ts";
import type { Place, ResourceRecord, Settled, Subject } from "../../../provider/place.ts";
import type { Properties } from "../../../provider/properties.ts";
import { nameIn, stackOf, stackPartsOf } from "../../../provider/urn.ts";
import { findStateFolder, openStateFolder, type StateFolder, wasServedBy } from "../state-folder/folder.ts";
import { defaultPlace, placeOf, rememberPlace } from "../state-folder/place.ts";
import { recordIn, removeRecord, writeRecord } from "./records.ts";

/** Where local resources live: a state folder of one machine, which the input `stateDir` names. */
export const localPlace: Place<StateFolder> = {
  here: "on this machine",
  marks: () => ({ hostId: readHostId() }),
  open: ({ properties }) => openStateFolder(stateDirIn(properties)),
  find: findOwn,
  idOf: ({ properties, name }) => `${stateDirIn(properties)}#${name}`,
  locate,
  settle: keptInPlace,
  remember: ({ urn, properties }) => {
    const usual = defaultPlace(stackPartsOf(urn));
    if (usual !== undefined) rememberPlace(usual, stateDirIn(properties));
  },
  records: {
    read: recordOf,
    write: (subject, record) => writeRecord(openStateFolder(stateDirIn(subject.properties)), subject, record),
    remove: (subject) => {
      const folder = findStateFolder(stateDirIn(subject.properties));
      if (folder !== undefined) removeRecord(folder, subject);
    },
    standing,
    taken: ({ urn, name, properties }, owner) =>
      `${nameIn(urn)}: seen ${name} of stack ${owner} in ${stateDirIn(properties)}; allowed: what nobody has, or this stack (${stackOf(urn)}) itself. Choose another folder in \`platform.stateFolder\`, or another model. When ${owner} is this stack's name from before, run \`pulumi up\` once without this change, or give the component an alias.`,
  },
};

/** Says that a machine named in the state will not come back, by its id. */
const machineGone = "MLC_MACHINE_GONE";

/**
 * The folder of a resource on this machine; undefined when it is gone for good.
 * @throws pulumi.RunError when it is on another machine: what runs there can be neither seen nor changed from here.
 */
function findOwn({ urn, properties }: Subject, { hostId }: Properties): StateFolder | undefined {
  const folder = findStateFolder(stateDirIn(properties));
  const host = readHostId();
  if (typeof hostId !== "string" || hostId === host || !isLasting(hostId)) return folder;
  if (folder !== undefined && wasServedBy(folder, hostId)) return folder;
  if (process.env[machineGone] === hostId) return undefined;
  throw refusal(
    `${nameIn(urn)}: the state belongs to machine ${hostId}, this is machine ${host}. Run this stack there. When that machine is gone for good, run the same command with ${machineGone}=${hostId} in the environment: everything is built again here.`,
  );
}

function locate(type: string, id: string): Pick<Subject, "name" | "properties"> {
  const [, stateDir, name] = /^(\/.*)#([^#]+)$/.exec(id) ?? [];
  if (stateDir === undefined || name === undefined) {
    throw refusal(
      `${type}: seen the id "${id}"; allowed: <absolute path of the state folder>#<name>, such as /home/ml/.local/state/model-lifecycle/app/prod#sentiment`,
    );
  }
  return { name, properties: { stateDir } };
}

/**
 * The inputs in the place where the stack is. A place that nobody chose follows the state: after `pulumi stack rename`,
 * in another checkout, by another XDG_STATE_HOME. A place that somebody chose is not changed under what serves.
 */
function keptInPlace(urn: pulumi.URN, news: Properties, olds: Properties | undefined): Settled {
  const names = stackPartsOf(urn);
  const wanted = stateDirIn(news);
  const usual = defaultPlace(names);
  const isChosen = wanted !== usual && !wanted.endsWith(`/.model-lifecycle/${names.stack}`);
  const before = olds && stateDirIn(olds);
  const there = before === undefined || before === wanted ? undefined : findStateFolder(before);
  if (there === undefined) {
    // What is new goes where the rest of the stack is.
    const isUsual = usual !== undefined && wanted === usual;
    const stateDir = isUsual ? placeOf({ ...names, root: "/" }).path : wanted;
    return { inputs: { ...news, stateDir }, failures: [] };
  }
  if (isChosen) return { inputs: news, failures: [moved(wanted, there.root)] };
  if (usual !== undefined) rememberPlace(usual, there.root);
  return { inputs: { ...news, stateDir: there.root }, failures: [] };
}

const moved = (seen: string, allowed: string): string =>
  `platform.stateFolder: seen ${seen}; allowed: ${allowed}, where this stack serves from. Another folder would be another endpoint with another port and no history. To move: \`pulumi destroy\`, change the setting, \`pulumi up\`.`;

function recordOf(subject: Subject): ResourceRecord | undefined {
  const folder = findStateFolder(stateDirIn(subject.properties));
  return folder && recordIn(folder, subject);
}

function standing(subject: Subject): ResourceRecord | undefined {
  for (const stateDir of placesOf(subject)) {
    const record = recordOf({ ...subject, properties: { ...subject.properties, stateDir } });
    if (record !== undefined) return { ...record, inputs: { ...record.inputs, stateDir } };
  }
  return undefined;
}

/** Where something of this stack may stand already: where the stack is known to be, and where it is asked for. */
function placesOf({ urn, properties }: Subject): readonly string[] {
  const names = stackPartsOf(urn);
  const isKnown = defaultPlace(names) !== undefined;
  return [...new Set([...(isKnown ? [placeOf({ ...names, root: "/" }).path] : []), stateDirIn(properties)])];
}

function stateDirIn({ stateDir }: Properties): string {
  if (typeof stateDir === "string") return stateDir;
  throw refusal(
    `stateDir: seen ${JSON.stringify(stateDir) ?? "nothing"}; allowed: the absolute path of a state folder. Give the resource one.`,
  );
}
