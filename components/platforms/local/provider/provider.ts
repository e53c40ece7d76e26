import type * as pulumi from "@pulumi/pulumi";
import { readHostId } from "../state-folder/host-id.ts";
import { archive } from "./archive.ts";
import { artifact } from "./artifact.ts";
import { document } from "./document.ts";
import { gateway } from "./gateway.ts";
import { modelServer } from "./model-server.ts";
import { diffOf, type Placed, type ResourceKind } from "./resource-kind.ts";
import { route } from "./route.ts";

type Plain = Record<string, unknown>;
type AnyKind = ResourceKind<Plain, Plain & Placed>;

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
    const before = Object.keys(olds).length > 0 ? olds : undefined;
    return { inputs: news, failures: [...((await kindOf(urn).check?.(news, before)) ?? [])] };
  }

  async diff(_id: pulumi.ID, urn: pulumi.URN, olds: Plain, news: Plain): Promise<pulumi.provider.DiffResult> {
    return diffOf(kindOf(urn), olds, news);
  }

  async create(urn: pulumi.URN, inputs: Plain): Promise<pulumi.provider.CreateResult> {
    const { id, state } = await kindOf(urn).create(inputs);
    return { id, outs: await placed(state) };
  }

  async read(id: pulumi.ID, urn: pulumi.URN, props?: Plain): Promise<pulumi.provider.ReadResult> {
    const state = await here(urn, props ?? {});
    const found = await kindOf(urn).read(state);
    return found === undefined ? { id: "", props: {} } : { id, props: await placed(found) };
  }

  async update(_id: pulumi.ID, urn: pulumi.URN, olds: Plain, news: Plain): Promise<pulumi.provider.UpdateResult> {
    const state = await here(urn, olds);
    const outs = await kindOf(urn).update?.(news, state);
    return { outs: await placed(outs ?? { ...state, ...news }) };
  }

  async delete(_id: pulumi.ID, urn: pulumi.URN, props: Plain): Promise<void> {
    await kindOf(urn).delete(await here(urn, props));
  }
}

function kindOf(urn: pulumi.URN): AnyKind {
  const type = urn.split("::")[2]?.split("$").at(-1)?.split(":").at(-1) ?? "";
  const kind = kinds[type];
  if (kind === undefined) {
    throw new Error(`model-lifecycle-local has no resource ${type}; it has ${Object.keys(kinds).join(", ")}`);
  }
  return kind;
}

const placed = async (state: Plain): Promise<Plain & Placed> => ({ ...state, hostId: readHostId() });

/** Processes and files of another machine can be neither seen nor changed from here. */
async function here(urn: pulumi.URN, state: Plain): Promise<Plain & Placed> {
  const host = readHostId();
  const seen = state["hostId"];
  if (seen !== host) {
    throw new Error(
      `${urn.split("::").at(-1)}: the state belongs to machine ${String(seen)}, this is machine ${host}. Run this stack there; to serve here instead, create a stack of its own (pulumi stack init).`,
    );
  }
  return { ...state, hostId: host };
}
