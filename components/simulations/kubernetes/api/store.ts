import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeAtomic } from "../../../host/atomic-file.ts";
import type { Kind } from "./kinds.ts";
import { apiVersionOf } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";

/** What a cluster holds. */
export interface Contents {
  readonly version: number;
  /** Seconds since the cluster began, by its own clock. */
  readonly seconds: number;
  readonly objects: readonly KubernetesObject[];
}

/** Which object, whatever its version. */
export interface Key {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

const textOf = ({ kind, namespace, name }: Key): string => `${apiVersionOf(kind)} ${kind.kind} ${namespace}/${name}`;

/** The objects of a cluster, in memory; with a folder, also in a file of it after each change. */
export class Store {
  readonly #file: string | undefined;
  readonly #objects = new Map<string, KubernetesObject>();
  #version = 1;
  /** Simulated seconds since the cluster began. */
  seconds = 0;

  constructor(folder?: string) {
    this.#file = folder === undefined ? undefined : path.join(folder, "cluster.json");
    if (this.#file === undefined || !existsSync(this.#file)) return;
    const { version, seconds, objects } = JSON.parse(readFileSync(this.#file, "utf8")) as Contents;
    this.#version = version;
    this.seconds = seconds;
    for (const object of objects) this.#objects.set(keyText(object), object);
  }

  get version(): string {
    return String(this.#version);
  }

  /** The cluster's clock begins with 2026, and moves when it is told to. */
  get now(): string {
    return `${new Date(Date.UTC(2026, 0, 1) + this.seconds * 1000).toISOString().slice(0, 19)}Z`;
  }

  get(key: Key): KubernetesObject | undefined {
    return this.#objects.get(textOf(key));
  }

  /** All of a kind, by namespace and name. */
  list(kind: Kind, namespace?: string): readonly KubernetesObject[] {
    const apiVersion = apiVersionOf(kind);
    return [...this.#objects.values()]
      .filter(
        (each) =>
          each.kind === kind.kind &&
          each.apiVersion === apiVersion &&
          (namespace === undefined || each.metadata.namespace === namespace),
      )
      .toSorted((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  }

  all(): readonly KubernetesObject[] {
    return [...this.#objects.values()];
  }

  /** Writes an object under a new version, which it is handed back with. */
  put(object: KubernetesObject): KubernetesObject {
    this.#version += 1;
    const kept = { ...object, metadata: { ...object.metadata, resourceVersion: this.version } };
    this.#objects.set(keyText(kept), kept);
    return kept;
  }

  remove(key: Key): void {
    this.#version += 1;
    this.#objects.delete(textOf(key));
  }

  save(): void {
    if (this.#file === undefined) return;
    mkdirSync(path.dirname(this.#file), { recursive: true });
    const contents: Contents = { version: this.#version, seconds: this.seconds, objects: this.all() };
    writeAtomic(this.#file, JSON.stringify(contents));
  }
}

const keyText = ({ apiVersion, kind, metadata }: KubernetesObject): string =>
  `${apiVersion} ${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
