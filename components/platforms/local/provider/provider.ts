import { randomUUID } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { readHostId } from "../../../host/host-id.ts";
import { refusal } from "../../../kit/index.ts";
import { archive } from "./archive.ts";
import { artifact } from "./artifact.ts";
import { document } from "./document.ts";
import { gateway } from "./gateway.ts";
import { modelServer } from "./model-server.ts";
import { folderOf, keptInPlace, nameIn, notePlace, type Placed, placesOf, stackOf } from "./placement.ts";
import {
  idOf,
  type Location,
  locationOf,
  type ResourceRecord,
  readRecord,
  removeRecord,
  writeRecord,
} from "./records.ts";
import { type AnyKind, diffOf, type LocalInputs } from "./resource-kind.ts";
import { route } from "./route.ts";

type Plain = Record<string, unknown>;
type Inputs = Plain & LocalInputs;

const kinds: Readonly<Record<string, AnyKind>> = {
  Archive: archive,
  Artifact: artifact,
  Document: document,
  Gateway: gateway,
  ModelServer: modelServer,
  Route: route,
};

/** The engine's side of the local platform: finds the kind, guards place and machine, keeps who owns what. */
export class LocalProvider implements pulumi.provider.Provider {
  readonly version: string;

  constructor(version: string) {
    this.version = version;
  }

  async check(urn: pulumi.URN, olds: Plain, news: Plain): Promise<pulumi.provider.CheckResult> {
    const kind = kindOf(urn);
    const wanted = news as Inputs;
    const isNew = Object.keys(olds).length === 0;
    const there = isNew ? findStanding(urn, wanted) : undefined;
    if (there?.stack !== undefined && there.stack !== stackOf(urn)) {
      return { inputs: wanted, failures: [{ property: "", reason: anotherStacks(urn, wanted, there.stack) }] };
    }
    const before = isNew ? (there?.inputs as Inputs | undefined) : (olds as Inputs);
    const { inputs: kept, failures } = keptInPlace(urn, wanted, before);
    const inputs = kind.complete?.(kept, before) ?? kept;
    const reasons = failures.length > 0 ? failures : ((await kind.check?.(inputs, before)) ?? []);
    // Of a named property the engine prints the value first, which may be a thousand characters of a plan.
    return { inputs, failures: reasons.map((reason) => ({ property: "", reason })) };
  }

  async diff(_id: pulumi.ID, urn: pulumi.URN, olds: Plain, news: Plain): Promise<pulumi.provider.DiffResult> {
    const kind = kindOf(urn);
    const { state, placed } = split(olds);
    const folder = folderOf(urn, { ...state, ...placed });
    const difference = diffOf(kind, state, news);
    if (folder === undefined || difference.changes) return { ...difference, changes: true };
    const location = locate(urn, state);
    const record = readRecord(location);
    const isOwn = record === undefined || record.owner === placed.owner;
    // A renamed stack takes along what it has.
    if (record !== undefined && isOwn && record.stack !== stackOf(urn)) {
      writeRecord(location, { ...record, stack: stackOf(urn) });
    }
    return { ...difference, changes: !(isOwn || kind.isShared) || !kind.stands(folder, state) };
  }

  async create(urn: pulumi.URN, news: Plain): Promise<pulumi.provider.CreateResult> {
    const inputs = news as Inputs;
    const location = locate(urn, inputs);
    const state = await kindOf(urn).create(inputs, findStanding(urn, inputs)?.state as Inputs | undefined);
    const owner = randomUUID();
    notePlace(urn, inputs);
    writeRecord(location, { inputs, state: { ...state }, owner, stack: stackOf(urn) });
    return { id: idOf(location), outs: place(state, owner) };
  }

  async read(id: pulumi.ID, urn: pulumi.URN, props: Plain = {}): Promise<pulumi.provider.ReadResult> {
    const isImport = Object.keys(props).length === 0;
    const record = isImport ? readRecord(locationOf(typeOf(urn), id)) : undefined;
    if (isImport && record === undefined) throw refusal(`${typeOf(urn)} ${id} does not exist on this machine`);
    const { state, placed } = record ? { state: record.state as Inputs, placed: record } : split(props);
    const folder = record === undefined ? folderOf(urn, { ...state, ...placed }) : true;
    const found = folder && (await kindOf(urn).read(state));
    if (!found) return { id: "", props: {} };
    return { id, props: place(found, placed.owner), ...(record && { inputs: record.inputs }) };
  }

  async update(_id: pulumi.ID, urn: pulumi.URN, olds: Plain, news: Plain): Promise<pulumi.provider.UpdateResult> {
    const inputs = news as Inputs;
    const kind = kindOf(urn);
    const { state: before, placed } = split(olds);
    const folder = folderOf(urn, { ...before, ...placed });
    const stands = folder !== undefined && kind.stands(folder, before);
    const change = kind.update ?? (async (): Promise<LocalInputs> => ({ ...before, ...inputs }));
    const state = await (stands ? change(inputs, before) : kind.create(inputs, before));
    const location = locate(urn, inputs);
    const owner = placed.owner ?? randomUUID();
    // Of what several have, the last one that made it stays the owner.
    const recorded = (kind.isShared ? readRecord(location)?.owner : undefined) ?? owner;
    notePlace(urn, inputs);
    writeRecord(location, { inputs, state: { ...state }, owner: recorded, stack: stackOf(urn) });
    return { outs: place(state, owner) };
  }

  async delete(_id: pulumi.ID, urn: pulumi.URN, props: Plain): Promise<void> {
    const { state, placed } = split(props);
    if (folderOf(urn, { ...state, ...placed }) === undefined) return;
    const location = locate(urn, state);
    const record = readRecord(location);
    // After a rename or a replacement another resource has the same name: everything under it is the other's by now.
    if (record !== undefined && record.owner !== placed.owner) return;
    await kindOf(urn).delete(state);
    removeRecord(location);
  }
}

const typeOf = (urn: pulumi.URN): string => urn.split("::")[2]?.split("$").at(-1)?.split(":").at(-1) ?? "";

function kindOf(urn: pulumi.URN): AnyKind {
  const type = typeOf(urn);
  const kind = kinds[type];
  if (kind === undefined) {
    throw new Error(`model-lifecycle-local has no resource ${type}; it has ${Object.keys(kinds).join(", ")}`);
  }
  return kind;
}

/**
 * What stands already where something new is wanted: the engine makes a new resource of a component under another name
 * or parent, and of one whose replacement is asked for. It is then judged and kept like the same resource.
 */
function findStanding(urn: pulumi.URN, inputs: Inputs): ResourceRecord | undefined {
  const kind = kindOf(urn);
  if (kind.isShared) return undefined;
  for (const stateDir of placesOf(urn, inputs)) {
    const record = readRecord({ ...locate(urn, inputs), stateDir });
    if (record !== undefined) return { ...record, inputs: { ...record.inputs, stateDir } };
  }
  return undefined;
}

const anotherStacks = (urn: pulumi.URN, inputs: Inputs, stack: string): string =>
  `${nameIn(urn)}: seen ${kindOf(urn).nameOf(inputs)} of stack ${stack} in ${inputs.stateDir}; allowed: what nobody has, or this stack (${stackOf(urn)}) itself. Choose another folder in \`platform.stateFolder\`, or another model. When ${stack} is this stack's name from before, run \`pulumi up\` once without this change, or give the component an alias.`;

const locate = (urn: pulumi.URN, inputs: Inputs): Location => ({
  stateDir: inputs.stateDir,
  type: typeOf(urn),
  name: kindOf(urn).nameOf(inputs),
});

function split({ hostId, owner, ...state }: Plain): { readonly state: Inputs; readonly placed: Partial<Placed> } {
  const placed = {
    ...(typeof hostId === "string" ? { hostId } : {}),
    ...(typeof owner === "string" ? { owner } : {}),
  };
  return { state: state as Inputs, placed };
}

const place = (state: LocalInputs, owner: string | undefined): Plain & Placed => ({
  ...state,
  hostId: readHostId(),
  ...(owner === undefined ? {} : { owner }),
});
