/** What the path of a request asks for. */
export interface Asked {
  /** The version named by the path. */
  readonly version?: string;
  /** Whether it is a prediction, which is drawn and counted; else it only reads about the model. */
  readonly prediction: boolean;
  /** The path as the model servers know it. */
  readonly path: string;
}

/** The path of a request target, which may name the host as well (RFC 9112 §3.2.2). */
export function pathOf(url: string): string {
  const from = url.startsWith("/") ? 0 : (/^https?:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0);
  const query = url.indexOf("?", from);
  const path = query < 0 ? url.slice(from) : url.slice(from, query);
  return path === "" ? "/" : path;
}

const PREDICT: Asked = { prediction: true, path: "/predict" };

/**
 * `/predict`, or `/v2/models/<model>[/versions/<version>][/ready|/infer]`; undefined for every other path, and for
 * another model than the one that is served here.
 */
export function readAsked(path: string, model: string | undefined): Asked | undefined {
  if (path === "/predict") return PREDICT;
  const parts = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(\/infer|\/ready)?$/.exec(path);
  if (parts === null || model === undefined) return undefined;
  const [, encoded = "", version, verb = ""] = parts;
  const name = decode(encoded);
  if (name !== model) return undefined;
  const decoded = version === undefined ? undefined : decode(version);
  if (version !== undefined && decoded === undefined) return undefined;
  const tail = decoded === undefined ? "" : `/versions/${encodeURIComponent(decoded)}`;
  return {
    prediction: verb === "/infer",
    path: `/v2/models/${encodeURIComponent(name)}${tail}${verb}`,
    ...(decoded !== undefined && { version: decoded }),
  };
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
