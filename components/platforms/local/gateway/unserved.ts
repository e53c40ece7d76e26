import type { UpstreamFailure } from "./upstream-request.ts";

/** What a client is told instead of a prediction. */
export interface Refused {
  readonly status: number;
  /** The JSON document. */
  readonly document: unknown;
  /** Names and values in turn. @default none */
  readonly headers?: readonly string[];
}

/** The answer to what may have ended two servers. */
export const endedTwice: Refused = {
  status: 502,
  document: { error: "a server ended on this request twice; it is sent to none for a while" },
};

interface Unserved {
  readonly status: number;
  readonly hint: string;
  readonly headers: readonly string[];
}

const comesBack = "its server is started again within seconds; if it is not, see `mlc status` and `mlc doctor`";
const unavailable = (hint: string): Unserved => ({ status: 503, hint, headers: ["retry-after", "1"] });
const failed = (status: 502 | 504, hint: string): Unserved => ({ status, hint, headers: [] });

const UNSERVED: Readonly<Record<UpstreamFailure["kind"], Unserved>> = {
  refused: unavailable(comesBack),
  overloaded: unavailable("more requests come than are answered"),
  broken: failed(502, comesBack),
  failed: failed(502, comesBack),
  ended: failed(502, "its server ended on this request, which is sent to no other"),
  late: failed(504, "the deadline stands in the release: platform.deadline"),
};

/** What a client is told when no version answers. @param tried who was asked, in words */
export function refusalOfFailure(failure: UpstreamFailure | undefined, tried: string): Refused {
  const { status, hint, headers } = UNSERVED[failure?.kind ?? "refused"];
  const error = `${tried} answers: ${failure?.message ?? "no server is known"}`;
  return { status, document: { error, hint }, headers };
}
