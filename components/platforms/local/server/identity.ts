/** Who a server process is: what the release calls the model and the version, and which resource it belongs to. */
export interface ServedIdentity {
  readonly model: string;
  readonly version: string;
  /** Proves to a health check that this process, and no stranger, holds the socket. */
  readonly instance: string;
}
