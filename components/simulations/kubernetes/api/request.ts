import { Refusal } from "./answer.ts";
import { type Kind, kinds } from "./kinds.ts";

/** What is asked of the API, as it comes over HTTP. */
export interface ApiRequest {
  readonly method: string;
  /** With its query: `/api/v1/namespaces/default/configmaps?fieldManager=me`. */
  readonly path: string;
  readonly body?: unknown;
  /** Of a patch: JSON merge patch or server-side apply. @default JSON */
  readonly contentType?: string;
}

/** What a path names. */
export interface Target {
  readonly kind: Kind;
  readonly namespace?: string;
  /** Absent: the collection. */
  readonly name?: string;
  readonly subresource?: "status";
}

const PATH =
  /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<part>[^/]+))?$/;
const NAMESPACES = /^\/api\/v1\/namespaces(?:\/(?<name>[^/]+))?(?:\/(?<part>status|finalize))?$/;

/** @throws Refusal 404 as of a server that has no such path */
export function targetOf(pathname: string): Target {
  const own = NAMESPACES.exec(pathname)?.groups;
  const groups = own === undefined ? PATH.exec(pathname)?.groups : { version: "v1", plural: "namespaces", ...own };
  const kind =
    groups &&
    kinds.find(
      (each) => each.group === (groups.group ?? "") && each.version === groups.version && each.plural === groups.plural,
    );
  if (!kinds.some((each) => each.group === (groups?.group ?? "") && each.version === groups?.version)) {
    throw new Refusal(404, "", "404 page not found");
  }
  if (groups === undefined || kind === undefined || (groups.part !== undefined && groups.part !== "status")) {
    throw new Refusal(404, "NotFound", "the server could not find the requested resource");
  }
  const decoded = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : decodeURIComponent(text);
  const [namespace, name] = [decoded(groups.namespace), decoded(groups.name)];
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(groups.part === "status" ? { subresource: "status" } : {}),
  };
}

/** The options of a write. */
export interface WriteOptions {
  readonly manager: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly strict: boolean;
}

/** Who writes when nobody says so is named after the client, as by the server. */
export const optionsOf = (query: URLSearchParams): WriteOptions => ({
  manager: query.get("fieldManager") ?? "unknown",
  force: query.get("force") === "true",
  dryRun: query.get("dryRun") === "All",
  strict: query.get("fieldValidation") === "Strict",
});
