/** What a model server is sent. */
export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, as they were received: a parser has made sure that no line break is in them. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Who asked, and is told of the answer as it comes. */
export interface AnswerHandler {
  /** The request is being handed to a connection. */
  onSent?(): void;
  /** Names (lower case) and values in turn. */
  onHead(status: number, headers: readonly string[]): void;
  /** @param flow stops and resumes reading, when the answer comes faster than it can be passed on */
  onBody(part: Buffer, flow: Flow): void;
  onEnd(): void;
  /** The answer will not come, or not whole. */
  onFailure(failure: UpstreamFailure): void;
}

/** Stops and resumes reading of an answer. */
export interface Flow {
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Why an answer does not come. */
export interface UpstreamFailure {
  /**
   * `refused`: nobody listens, the request was not sent. `broken`: the connection ended before a byte of the answer
   * came, and the server has not read the request or others may be to blame: it may be asked again. `ended`: the
   * server's process ended with this request, the one it had longest. `late`: no answer within the deadline.
   * `overloaded`: too much waits already, the server has no part in it. `failed`: everything else.
   */
  readonly kind: "refused" | "broken" | "ended" | "late" | "overloaded" | "failed";
  readonly message: string;
}
