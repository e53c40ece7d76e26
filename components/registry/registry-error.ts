/** A registry answered otherwise than hoped for, or not at all. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  /** The HTTP status; absent when nobody answered. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
