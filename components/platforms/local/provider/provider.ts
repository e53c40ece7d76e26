import type * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../../kit/index.ts";
import { readHostId } from "../state-folder/host-id.ts";
import { archive } from "./archive.ts";
import { artifact } from "./artifact.ts";
import { document } from "./document.ts";
import { gateway } from "./gateway.ts";
import { modelServer } from "./model-server.ts";
import { idOf, type Location, locationOf, readRecord, removeRecord, writeRecord } from "./records.ts";
import { diffOf, type LocalInputs, type Placed, type ResourceKind } from "./resource-kind.ts";
import { route } from "./route.ts";

type Plain = Record<string, unknown>;
type Inputs = Plain & LocalInputs;
type AnyKind = ResourceKind<Inputs, Inputs & Placed>;

const kinds = {
  Archive: archive,
  Artifact: artifact,
  Document: document,
  Gateway: gateway,
  ModelServer: modelServer,
  Route: route,
} as unknown as Readonly<Record<string, AnyKind>>;

/** The engine's side of the local platform: finds the kind, guards the machine, adds the host to the state. */
export class LocalProvider implements pulumi.provider.Provider {
  readonly version: string;

  constructor(version: string) {
    this.version = version;
  }

  async check(urn: pulumi.URN, olds: Plain, news: Plain): Promise<pulumi.provider.CheckResult> {
    const before = Object.keys(olds).length > 0 ? (olds as Inputs) : undefined;
    return { inputs: news, failures: [...((await kindOf(urn).check?.(news as Inputs, before)) ?? [])] };
  }

  async diff(_id: pulumi.ID, urn: pulumi.URN, olds: Plain, news: Plain): Promise<pulumi.provider.DiffResult> {
    return diffOf(kindOf(urn), olds, news);
  }

  async create(urn: pulumi.URN, news: Plain): Promise<pulumi.provider.CreateResult> {
    const inputs = news as Inputs;
    const state = await kindOf(urn).create(inputs);
    writeRecord(locate(urn, inputs), { inputs, state });
    return { id: idOf(locate(urn, inputs)), outs: placed(state) };
  }

  async read(id: pulumi.ID, urn: pulumi.URN, props: Plain = {}): Promise<pulumi.provider.ReadResult> {
    const isImport = Object.keys(props).length === 0;
    const record = isImport ? readRecord(locationOf(typeOf(urn), id)) : undefined;
    if (isImport && record === undefined) throw refusal(`${typeOf(urn)} ${id} does not exist on this machine`);
    const found = await kindOf(urn).read(record ? (placed(record.state) as Inputs & Placed) : here(urn, props));
    if (found === undefined) return { id: "", props: {} };
    return { id, props: placed(found), ...(record && { inputs: record.inputs }) };
  }

  async update(_id: pulumi.ID, urn: pulumi.URN, olds: Plain, news: Plain): Promise<pulumi.provider.UpdateResult> {
    const inputs = news as Inputs;
    const { hostId, ...before } = here(urn, olds);
    const state = (await kindOf(urn).update?.(inputs, { ...before, hostId })) ?? { ...before, ...inputs };
    writeRecord(locate(urn, inputs), { inputs, state });
    return { outs: placed(state) };
  }

  async delete(_id: pulumi.ID, urn: pulumi.URN, props: Plain): Promise<void> {
    const state = here(urn, props);
    const location = locate(urn, state);
    const kind = kindOf(urn);
    const record = readRecord(location);
    // What replaced it has the same name: everything under it belongs to the successor by now.
    if (record !== undefined && diffOf(kind, state, pick(record.inputs, kind.replaces)).changes) return;
    await kind.delete(state);
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

const locate = (urn: pulumi.URN, inputs: Inputs): Location => ({
  stateDir: inputs.stateDir,
  type: typeOf(urn),
  name: kindOf(urn).nameOf(inputs),
});

const pick = (record: Plain, keys: readonly string[]): Plain =>
  Object.fromEntries(keys.map((key) => [key, record[key]]));

const placed = (state: Plain): Plain & Placed => ({ ...state, hostId: readHostId() });

/** Processes and files of another machine can be neither seen nor changed from here. */
function here(urn: pulumi.URN, state: Plain): Inputs & Placed {
  const host = readHostId();
  const seen = state.hostId;
  if (seen !== host) {
    throw refusal(
      `${urn.split("::").at(-1)}: the state belongs to machine ${String(seen)}, this is machine ${host}. Run this stack there; to serve here instead, create a stack of its own (pulumi stack init).`,
    );
  }
  return { ...(state as Inputs), hostId: host };
}
