import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Admission, admitted, decoded, named, namedAs, type Place, shaped } from "./admission.ts";
import {
  type Answer,
  alreadyExists,
  deleted,
  methodNotAllowed,
  notFound,
  outdated,
  Refusal,
  unprocessable,
  unsupportedMediaType,
} from "./answer.ts";
import { reconcile } from "./controllers.ts";
import { finalizersOfDeletion, held, marked } from "./deletion.ts";
import { listed } from "./listed.ts";
import { afterApply, afterUpdate, asApplied, type Writer } from "./managers.ts";
import { mergePatched } from "./merge-patch.ts";
import { type KubernetesObject, recordOf } from "./object.ts";
import { invalid, required } from "./problem.ts";
import { type ApiRequest, optionsOf, type Target, targetOf, type WriteOptions } from "./request.ts";
import {
  contentOf,
  givenMetadata,
  hasGeneration,
  isSame,
  keptAddress,
  keptMetadata,
  withManagersOf,
  withoutStatus,
} from "./revision.ts";
import { schemaOf } from "./schema.ts";
import { Store } from "./store.ts";

/** What of a cluster may be said when it is simulated. */
export interface SimulationSettings {
  /** Where the cluster is kept between runs; absolute. @default in memory alone */
  readonly folder?: string;
  /** Rules that do not hold, by name: a test shows with them what a rule is good for. @default all hold */
  readonly off?: Iterable<string>;
}

const APPLY = /^application\/apply-patch\+(yaml|json|cbor)/;
const MERGE = /^application\/merge-patch\+json/;

/**
 * The part of a Kubernetes API server that programs and controllers of this library meet, without a cluster. What it
 * cannot prove stands in the README beside it.
 */
export class SimulatedApi {
  readonly store: Store;
  readonly isOff: (rule: string) => boolean;

  constructor({ folder, off = [] }: SimulationSettings = {}) {
    const names = new Set(off);
    this.isOff = (rule) => names.has(rule);
    this.store = new Store(folder);
    for (const name of ["default", "kube-system"]) {
      if (this.send({ method: "GET", path: `/api/v1/namespaces/${name}` }).status === 404) {
        this.send({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name } } });
      }
    }
  }

  /** Answers a request. Whatever follows from a write has happened when it returns. */
  send(request: ApiRequest): Answer {
    try {
      const { pathname, searchParams } = new URL(request.path, "http://cluster");
      const target = targetOf(pathname);
      const options = optionsOf(searchParams);
      const answer = this.#answer(request, target, options, searchParams);
      if (request.method !== "GET" && !options.dryRun) this.#settle();
      return answer;
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  /** Lets simulated seconds pass, one by one. */
  advance(seconds: number): void {
    for (let passed = 0; passed < seconds; passed += 1) {
      this.store.seconds += 1;
      reconcile(this.store, this.isOff);
    }
    this.store.save();
  }

  #settle(): void {
    reconcile(this.store, this.isOff);
    this.store.save();
  }

  #answer(request: ApiRequest, target: Target, options: WriteOptions, query: URLSearchParams): Answer {
    const { name } = target;
    if (name === undefined) {
      if (request.method === "GET") return listed(this.store, target, query);
      if (request.method === "POST") return this.#create(request, target, options);
      throw methodNotAllowed();
    }
    switch (request.method) {
      case "GET":
        return { status: 200, body: this.#there(target, name) };
      case "PUT":
        return this.#replace(request, target, name, options);
      case "PATCH":
        return this.#patch(request, target, name, options);
      case "DELETE":
        return this.#delete(request, target, name, options);
      default:
        throw methodNotAllowed();
    }
  }

  #find({ kind, namespace, name }: Place): KubernetesObject | undefined {
    return this.store.get({ kind, namespace: kind.namespaced ? namespace : "", name });
  }

  #there({ kind, namespace = "" }: Target, name: string): KubernetesObject {
    const object = this.#find({ kind, namespace, name });
    if (object === undefined) throw notFound({ kind, name });
    return object;
  }

  #create({ body }: ApiRequest, { kind, namespace = "" }: Target, options: WriteOptions): Answer {
    const sent = named(decoded(kind, body, namespace), kind, () => randomUUID());
    const place = { kind, namespace, name: sent.metadata.name };
    const whole = shaped(sent, place, readingOf(options), this.#admission);
    return this.#insert(
      whole,
      place,
      (object) => afterUpdate(schemaOf(kind).schema, undefined, object, this.#writer(options)),
      options,
    );
  }

  #insert(
    sent: KubernetesObject,
    place: Place,
    managed: (object: KubernetesObject) => KubernetesObject,
    options: WriteOptions,
  ): Answer {
    const { kind, name } = place;
    const { status: _status, ...content } = sent;
    const { managedFields: _managed, resourceVersion: _version, ...metadata } = sent.metadata;
    const uid = randomUUID();
    const fresh = {
      ...(kind.hasStatus ? content : sent),
      metadata: {
        ...metadata,
        uid,
        creationTimestamp: this.store.now,
        ...(hasGeneration(sent) ? { generation: 1 } : {}),
      },
    } as KubernetesObject;
    const object = held(managed(admitted(fresh, place, undefined, this.#admission)));
    if (this.#find(place) !== undefined) throw alreadyExists({ kind, name });
    return { status: 201, body: options.dryRun ? object : this.store.put(object) };
  }

  #replace(request: ApiRequest, target: Target, name: string, options: WriteOptions): Answer {
    const { kind, namespace = "" } = target;
    const sent = namedAs(decoded(kind, request.body, namespace), name);
    if (kind.isCreatedByReplace && this.#find({ kind, namespace, name }) === undefined) {
      return this.#create(request, target, options);
    }
    const before = this.#there(target, name);
    if (sent.metadata.resourceVersion === undefined && (kind.needsVersion || schemaOf(kind).isCustom)) {
      throw unprocessable({ kind, name }, [invalid("metadata.resourceVersion", 0, "must be specified for an update")]);
    }
    return this.#update(before, sent, target, options);
  }

  #patch(request: ApiRequest, target: Target, name: string, options: WriteOptions): Answer {
    const { kind, namespace = "" } = target;
    const { contentType = "" } = request;
    if (APPLY.test(contentType)) return this.#apply(request, target, name, options);
    if (!MERGE.test(contentType)) throw unsupportedMediaType();
    const before = this.#there(target, name);
    const sent = namedAs(decoded(kind, mergePatched(before, request.body), namespace), name);
    return this.#update(before, sent, target, options);
  }

  #apply({ body }: ApiRequest, target: Target, name: string, options: WriteOptions): Answer {
    const { kind, namespace = "" } = target;
    if (options.manager === "unknown")
      throw unprocessable({ kind, name: "" }, [required("fieldManager", "is required for apply patch")]);
    const place = { kind, namespace, name };
    const applied = shaped(namedAs(decoded(kind, body, namespace), name), place, "applied", this.#admission);
    const { schema } = schemaOf(kind);
    const writer = this.#writer(options);
    const live = this.#find(place);
    const choice = { force: options.force, checks: !this.isOff("field-managers") };
    if (live === undefined) {
      return this.#insert(applied, place, (object) => asApplied(schema, object, applied, writer), options);
    }
    const merged = afterApply(schema, live, applied, writer, choice);
    return this.#write(live, merged, target, options, true);
  }

  #update(before: KubernetesObject, sent: KubernetesObject, target: Target, options: WriteOptions): Answer {
    const place = { kind: target.kind, namespace: target.namespace ?? "", name: before.metadata.name };
    return this.#write(before, shaped(sent, place, readingOf(options), this.#admission), target, options);
  }

  /** Writes what somebody made of an object. */
  #write(
    before: KubernetesObject,
    after: KubernetesObject,
    target: Target,
    options: WriteOptions,
    isApplied = false,
  ): Answer {
    const { kind, subresource } = target;
    const { name } = before.metadata;
    const { resourceVersion } = after.metadata;
    if (
      resourceVersion !== undefined &&
      resourceVersion !== before.metadata.resourceVersion &&
      !this.isOff("resource-version")
    )
      throw outdated({ kind, name });
    const kept = { ...keptMetadata(before), ...givenMetadata(after.metadata) };
    const content =
      subresource === "status"
        ? { ...before, status: after.status }
        : kind.hasStatus
          ? { ...withoutStatus(after), ...("status" in before ? { status: before.status } : {}) }
          : after;
    const place = { kind, namespace: before.metadata.namespace ?? "", name };
    const asked = { ...content, metadata: subresource === "status" ? before.metadata : kept } as KubernetesObject;
    const settled = admitted(keptAddress(before, asked), place, before, this.#admission);
    const managed = isApplied
      ? { ...settled, metadata: { ...settled.metadata, managedFields: after.metadata.managedFields ?? [] } }
      : afterUpdate(schemaOf(kind).schema, before, withManagersOf(settled, after), this.#writer(options, subresource));
    const isNew = hasGeneration(before) && !isDeepStrictEqual(contentOf(before), contentOf(managed));
    const generation = before.metadata.generation;
    const object = isNew
      ? { ...managed, metadata: { ...managed.metadata, generation: (generation ?? 1) + 1 } }
      : managed;
    if (isSame(before, object)) return { status: 200, body: before };
    if (options.dryRun) return { status: 200, body: object };
    if (
      object.metadata.deletionTimestamp !== undefined &&
      (object.metadata.finalizers ?? []).length === 0 &&
      kind.kind !== "Namespace"
    ) {
      this.store.remove(place);
      return { status: 200, body: object };
    }
    return { status: 200, body: this.store.put(object) };
  }

  #delete({ body }: ApiRequest, target: Target, name: string, options: WriteOptions): Answer {
    const { kind } = target;
    const object = this.#there(target, name);
    const { uid, resourceVersion } = recordOf(recordOf(body).preconditions);
    if (
      (uid !== undefined && uid !== object.metadata.uid) ||
      (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion)
    )
      throw outdated({ kind, name });
    const finalizers = finalizersOfDeletion(object, recordOf(body).propagationPolicy);
    const isHeld = finalizers.length > 0 || (kind.kind === "Namespace" && !this.isOff("namespace-terminating"));
    if (isHeld) {
      const leaving = marked(object, finalizers, this.store.now);
      return { status: 200, body: options.dryRun ? leaving : this.store.put(leaving) };
    }
    if (!options.dryRun) this.store.remove({ kind, namespace: object.metadata.namespace ?? "", name });
    if (kind.kind === "Service" || kind.kind === "PersistentVolumeClaim") return { status: 200, body: object };
    return deleted({ kind, name }, object.metadata.uid);
  }

  get #admission(): Admission {
    return { store: this.store, isOff: this.isOff };
  }

  #writer({ manager }: WriteOptions, subresource?: string): Writer {
    return { manager, time: this.store.now, ...(subresource === undefined ? {} : { subresource }) };
  }
}

const readingOf = ({ strict }: WriteOptions): "lenient" | "strict" => (strict ? "strict" : "lenient");
