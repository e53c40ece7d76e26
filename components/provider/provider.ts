import { randomUUID } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { refusal } from "../kit/index.ts";
import { diffOf } from "./diff.ts";
import { NotReady } from "./kind.ts";
import type { Place, ResourceRecord, Subject } from "./place.ts";
import { holdsUnknown, knownPart, type Properties, sealed, unsealed } from "./properties.ts";
import { type AnyKind, type KindTable, type Registry, registryOf } from "./registry.ts";
import { stackOf, typeOf } from "./urn.ts";

/** What makes a provider. */
export interface ProviderSettings<Where> {
  /** Name of its package: the first part of its resources' types. */
  readonly name: string;
  /** What the engine is told of its version. */
  readonly version: string;
  /** Its kinds of resource, by type. */
  readonly kinds: KindTable<Where>;
  /** Where they live. */
  readonly place: Place<Where>;
}

/** The engine's side of a table of kinds: finds the kind, asks the place, keeps who owns what and what is secret. */
export class ResourceProvider<Where> implements pulumi.provider.Provider {
  readonly version: string;
  readonly #registry: Registry<Where>;
  readonly #place: Place<Where>;

  constructor({ name, version, kinds, place }: ProviderSettings<Where>) {
    this.version = version;
    this.#registry = registryOf(name, kinds);
    this.#place = place;
  }

  /** All problems of new inputs at once; the inputs with their defaults, as the place and the kind understand them. */
  async check(urn: pulumi.URN, olds: Properties, news: Properties): Promise<pulumi.provider.CheckResult> {
    const kind = this.#registry.kindOf(urn);
    const { values, secret } = unsealed(news);
    const asked = { ...kind.defaults, ...upgraded(kind, values) };
    const isKnown = !holdsUnknown(asked);
    const plain = kind.checkKnown?.(knownPart(asked)) ?? [];
    if (plain.length > 0) return checked(sealed(asked, secret), plain);
    const isNew = Object.keys(olds).length === 0;
    const there = isNew && isKnown ? this.#standing(kind, subjectOf(kind, urn, asked)) : undefined;
    if (there?.taken !== undefined) return checked(news, [there.taken]);
    const before = isNew ? there?.inputs : upgraded(kind, unsealed(olds).values);
    const { inputs: kept, failures } = this.#place.settle?.(urn, asked, before) ?? { inputs: asked, failures: [] };
    if (!isKnown) return checked(sealed(kept, secret), failures);
    const where = kind.complete || kind.check ? this.#place.find(subjectOf(kind, urn, kept), {}) : undefined;
    const inputs = { ...((await kind.complete?.(where, kept, before)) ?? kept) };
    const reasons = failures.length > 0 ? failures : ((await kind.check?.(where, inputs, before)) ?? []);
    return checked(sealed(inputs, secret), reasons);
  }

  /** What an update would do. What is gone, or taken over by another resource, is a change: it is made again. */
  async diff(_id: pulumi.ID, urn: pulumi.URN, olds: Properties, news: Properties): Promise<pulumi.provider.DiffResult> {
    const kind = this.#registry.kindOf(urn);
    const { state, marks, owner } = this.#opened(kind, olds);
    const subject = subjectOf(kind, urn, state);
    const where = this.#place.find(subject, marks);
    const inputs = upgraded(kind, unsealed(news).values);
    const difference = kind.differs?.(state, inputs) ?? diffOf(kind, state, inputs);
    if (where === undefined || difference.changes) return { ...difference, changes: true };
    const record = this.#place.records?.read(subject);
    const isOwn = record === undefined || record.owner === owner;
    // A renamed stack takes along what it has.
    if (record !== undefined && isOwn && record.stack !== stackOf(urn)) {
      this.#place.records?.write(subject, { ...record, stack: stackOf(urn) });
    }
    return { ...difference, changes: !(isOwn || kind.isShared) || !stands(kind, where, state) };
  }

  /** Makes a resource, or takes what stands already under its name in this stack. */
  async create(urn: pulumi.URN, news: Properties): Promise<pulumi.provider.CreateResult> {
    const kind = this.#registry.kindOf(urn);
    const { values, secret } = unsealed(news);
    const inputs = upgraded(kind, values);
    const subject = subjectOf(kind, urn, inputs);
    const before = this.#standing(kind, subject)?.state;
    const { state, reasons } = await tried(() => kind.create(this.#place.open(subject), inputs, before));
    const owner = this.#place.records && randomUUID();
    this.#record(kind, subject, { state, secret, owner });
    return this.#told(kind, subject, { state, reasons, secret, owner });
  }

  /** What a resource is now, for a refresh; without properties, what an id names, for an import. */
  async read(id: pulumi.ID, urn: pulumi.URN, props: Properties = {}): Promise<pulumi.provider.ReadResult> {
    const kind = this.#registry.kindOf(urn);
    if (Object.keys(props).length === 0) return this.#import(kind, id, urn);
    const { state, marks, owner, secret } = this.#opened(kind, props);
    const where = this.#place.find(subjectOf(kind, urn, state), marks);
    const found = where === undefined ? undefined : await kind.read(where, state);
    if (found === undefined) return { id: "", props: {} };
    const inputs = kind.inputsOf?.(found);
    const said = inputs && { inputs: sealed(inputs, secret) };
    return { id, props: this.#outs(kind, { state: found, secret, owner }), ...said };
  }

  /** Changes a resource in place; makes it again when it is gone. */
  async update(
    id: pulumi.ID,
    urn: pulumi.URN,
    olds: Properties,
    news: Properties,
    ignoring: readonly string[] = [],
  ): Promise<pulumi.provider.UpdateResult> {
    const kind = this.#registry.kindOf(urn);
    const { values, secret } = unsealed(news);
    const inputs = upgraded(kind, values);
    const { state: before, marks, owner = this.#place.records && randomUUID() } = this.#opened(kind, olds);
    const where = this.#place.find(subjectOf(kind, urn, before), marks);
    const subject = subjectOf(kind, urn, inputs);
    const { state, reasons } = await tried(async () => {
      if (where === undefined || !stands(kind, where, before)) {
        return kind.create(this.#place.open(subject), inputs, before);
      }
      return kind.update ? kind.update(this.#place.open(subject), inputs, before, ignoring) : { ...before, ...inputs };
    });
    // Of what several have, the last one that made it stays the owner.
    const recorded = (kind.isShared ? this.#place.records?.read(subject)?.owner : undefined) ?? owner;
    this.#record(kind, subject, { state, secret, owner: recorded });
    const { outs } = this.#told(kind, subject, { state, reasons, secret, owner, id });
    return { outs };
  }

  /** Deletes a resource, unless it is gone or another one has its name by now. */
  async delete(_id: pulumi.ID, urn: pulumi.URN, props: Properties): Promise<void> {
    const kind = this.#registry.kindOf(urn);
    const { state, marks, owner } = this.#opened(kind, props);
    const subject = subjectOf(kind, urn, state);
    const where = this.#place.find(subject, marks);
    if (where === undefined) return;
    const record = this.#place.records?.read(subject);
    // After a rename or a replacement another resource has the same name: everything under it is the other's by now.
    if (record !== undefined && record.owner !== owner) return;
    await kind.delete(where, state);
    this.#place.records?.remove(subject);
  }

  async #import(kind: AnyKind<Where>, id: pulumi.ID, urn: pulumi.URN): Promise<pulumi.provider.ReadResult> {
    const type = typeOf(urn);
    const named: Subject = { urn, type, ...this.#place.locate(type, id) };
    const record = this.#place.records?.read(named);
    const missing = () => refusal(`${type} ${id} does not exist ${this.#place.here}`);
    if (record === undefined) {
      const where = kind.import && this.#place.find(named, {});
      const found = where === undefined ? undefined : await kind.import?.(where, id);
      if (found === undefined) throw missing();
      return { id, props: this.#outs(kind, { state: found.state }), inputs: { ...found.inputs } };
    }
    const inputs = unsealed(record.inputs);
    const state = upgraded(kind, unsealed(record.state).values);
    const where = this.#place.find({ ...named, properties: state }, {});
    const found = where === undefined ? undefined : await kind.read(where, state);
    if (found === undefined) return { id: "", props: {} };
    const { owner } = record;
    return {
      id,
      props: this.#outs(kind, { state: found, secret: inputs.secret, owner }),
      inputs: sealed(upgraded(kind, inputs.values), inputs.secret),
    };
  }

  #standing(kind: AnyKind<Where>, subject: Subject) {
    const record = kind.isShared ? undefined : this.#place.records?.standing(subject);
    if (record === undefined) return undefined;
    const { stack } = record;
    const isAnothers = stack !== undefined && stack !== stackOf(subject.urn);
    return {
      inputs: upgraded(kind, unsealed(record.inputs).values),
      state: upgraded(kind, unsealed(record.state).values),
      ...(isAnothers ? { taken: this.#place.records?.taken(subject, stack) } : {}),
    };
  }

  /** A state of the engine: the kind's part of it, the place's, and whose it is. */
  #opened(kind: AnyKind<Where>, props: Properties) {
    const { values, secret } = unsealed(props);
    const marks: Record<string, unknown> = {};
    const own: Record<string, unknown> = {};
    const names = new Set(Object.keys(this.#place.marks()));
    for (const [key, value] of Object.entries(values)) (names.has(key) ? marks : own)[key] = value;
    // Without records nobody is an owner, and a kind may use the word.
    if (this.#place.records === undefined) return { state: upgraded(kind, own), marks, secret };
    const { owner, ...state } = own;
    return { state: upgraded(kind, state), marks, secret, ...(typeof owner === "string" ? { owner } : {}) };
  }

  #record(kind: AnyKind<Where>, subject: Subject, { state, secret, owner }: Outcome): void {
    this.#place.remember?.(subject);
    const record: ResourceRecord = {
      inputs: sealed(subject.properties, secret ?? []),
      state: sealed(state, secretsOf(kind, secret)),
      ...(owner === undefined ? {} : { owner }),
      stack: stackOf(subject.urn),
    };
    this.#place.records?.write(subject, record);
  }

  #outs(kind: AnyKind<Where>, { state, secret, owner }: Outcome): Properties {
    const marked = { ...state, ...this.#place.marks(), ...(owner === undefined ? {} : { owner }) };
    return sealed(marked, secretsOf(kind, secret));
  }

  /** What was made, in the engine's words. @throws pulumi.RunError with it when it is not ready: the engine keeps it. */
  #told(kind: AnyKind<Where>, subject: Subject, { reasons, id: known, ...outcome }: Told) {
    const id = known ?? kind.idOf?.(outcome.state) ?? this.#place.idOf(subject);
    const outs = this.#outs(kind, outcome);
    if (reasons !== undefined) throw Object.assign(refusal(reasons.join("\n")), { id, properties: outs, reasons });
    return { id, outs };
  }
}

interface Outcome {
  readonly state: object;
  readonly secret?: ReadonlySet<string> | undefined;
  readonly owner?: string | undefined;
}

interface Told extends Outcome {
  readonly reasons?: readonly string[] | undefined;
  readonly id?: string;
}

const upgraded = <Where>(kind: AnyKind<Where>, old: Properties): Properties => kind.upgrade?.(old) ?? old;

const stands = <Where>(kind: AnyKind<Where>, where: Where, state: object): boolean =>
  kind.stands?.(where, state) ?? true;

const subjectOf = <Where>(kind: AnyKind<Where>, urn: pulumi.URN, properties: Properties): Subject => ({
  urn,
  type: typeOf(urn),
  name: kind.nameOf(properties),
  properties,
});

const secretsOf = <Where>(kind: AnyKind<Where>, secret: Iterable<string> = []): readonly string[] => [
  ...secret,
  ...(kind.secrets ?? []),
];

/** Of a named property the engine prints the value first, which may be a thousand characters of a plan. */
const checked = (inputs: Properties, reasons: readonly string[]): pulumi.provider.CheckResult => ({
  inputs,
  failures: reasons.map((reason) => ({ property: "", reason })),
});

/** The state that work leaves, also when it is not ready. */
async function tried(work: () => Promise<object>): Promise<Pick<Told, "state" | "reasons">> {
  try {
    return { state: await work() };
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    return { state: error.state, reasons: error.reasons };
  }
}
