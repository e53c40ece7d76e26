/** What an API server says to a request. Nothing of it is thrown: what to do about each is decided by who asked. */
export type Answer<Body> = { readonly kind: "ok"; readonly body: Body } | Refused;

/** A request that was not carried out, or of which nobody knows whether it was. */
export interface Refused {
  readonly kind: /** There is no such object, or no such kind of object: 404. */
    | "notFound"
    /** Somebody has written since, or it exists already: 409. */
    | "conflict"
    /** The server does not take what was sent: 400, 405, 413, 415 and 422. */
    | "invalid"
    /** Who asks is not known, or may not: 401 and 403. */
    | "forbidden"
    /** The server asks to come later: 429. */
    | "tooMany"
    /** No answer, a broken one, or 5xx. A write may have been carried out all the same. */
    | "away";
  /** Status of HTTP; 0 where none came. */
  readonly status: number;
  /** The server's own word, such as `AlreadyExists`; empty where it gave none. */
  readonly reason: string;
  /** One sentence for people, with what was asked. */
  readonly message: string;
  /** When the server wants to be asked again, in ms. */
  readonly retryAfterMs?: number;
}

/** What came over the wire. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Header `Retry-After`, in seconds. */
  readonly retryAfter?: string | undefined;
}

/** What a reply says. @param asked the request, as people read it: `GET https://…` */
export function answerOf<Body>(asked: string, { status, text, retryAfter }: Reply): Answer<Body> {
  const body = parse(text);
  if (status >= 200 && status < 300) {
    if (body !== undefined) return { kind: "ok", body: body as Body };
    return away(asked, `status ${status} without an object; look whether this is the address of an API server`);
  }
  const { reason = "", message = text.slice(0, 200) } = (body ?? {}) as {
    readonly reason?: string;
    readonly message?: string;
  };
  const seconds = Number(retryAfter);
  return {
    kind: kindOf(status),
    status,
    reason,
    message: `${asked}: ${status} ${reason} ${message}`.trim(),
    ...(retryAfter !== undefined && Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
  };
}

/** No answer came. */
export const away = (asked: string, why: string): Refused => ({
  kind: "away",
  status: 0,
  reason: "",
  message: `${asked}: ${why}`,
});

function kindOf(status: number): Refused["kind"] {
  switch (status) {
    case 401:
    case 403:
      return "forbidden";
    case 404:
      return "notFound";
    case 409:
      return "conflict";
    case 429:
      return "tooMany";
    default:
      return status >= 400 && status < 500 ? "invalid" : "away";
  }
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
