import { RegistryError } from "./registry-error.ts";

/** One request to a registry. */
export interface Request {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  /** A manifest as a whole; a blob as it comes in, of the length that `content-length` says. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
}

/** The longest a registry may take over an answer. The bytes of a blob may take as long as they come at all. */
const PATIENCE_MS = 20_000;

/** Docker's name for its registry is not where that answers; one on this machine has no certificate. */
export function originOf(registry: string): string {
  if (registry === "docker.io") return "https://registry-1.docker.io";
  return /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(registry) ? `http://${registry}` : `https://${registry}`;
}

/** Asks once. @param isLong a blob goes one way or the other @throws RegistryError when nobody answers; what the body throws */
export async function ask(url: string, { body, ...request }: Request, isLong = false): Promise<Response> {
  const sent = body === undefined || body instanceof Uint8Array ? { body, failed: () => undefined } : watched(body);
  try {
    return await fetch(url, {
      ...request,
      ...(sent.body !== undefined && { body: sent.body as NonNullable<RequestInit["body"]>, duplex: "half" }),
      ...(!isLong && { signal: AbortSignal.timeout(PATIENCE_MS) }),
    });
  } catch (error) {
    const failure = sent.failed();
    if (failure !== undefined) throw failure.error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RegistryError(`${new URL(url).origin} does not answer: ${cause}`, undefined, { cause: error });
  }
}

/** A body, and what went wrong with it: what was to be sent could not be read, which is nothing that the one asked did. */
function watched(body: AsyncIterable<Uint8Array>) {
  let failure: { readonly error: unknown } | undefined;
  async function* passed() {
    try {
      yield* body;
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  return { body: passed(), failed: () => failure };
}

/** What a registry says when it does not do what it was asked: the status, and the code where it gives one. */
export async function refusalOf(response: Response): Promise<RegistryError> {
  const [, code] = /"code"\s*:\s*"([A-Z_]{1,40})"/.exec(await response.text().catch(() => "")) ?? [];
  const { origin, pathname } = new URL(response.url);
  const words = code === undefined ? "" : ` (${code})`;
  return new RegistryError(`${origin}${pathname} answers ${response.status}${words}`, response.status);
}
