// A place elsewhere that lists files and hands them out, over HTTP or from a folder of this machine. What a kind of source has to know of its registry is how
// to list and how to ask; the rest of pinning and fetching is the same for all of them.

/** One request. It is made anew for each try: what is signed grows old. */
export interface RemoteRequest {
  /** Also `file:` for a file of this machine, and `data:` for what a registry only says. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default GET */
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: string;
  /** manual where a header beside `authorization` is secret: only that one is left out on the way to another origin. @default follow */
  readonly redirect?: "follow" | "manual";
}

/** A path as an address has it, its slashes as they are. */
export const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

/** A file as its registry lists it. */
export interface RemoteFile {
  /** As it will be called in the version's directory. */
  readonly path: string;
  readonly bytes: number;
  /** Of its bytes, where the registry tells it before a download. */
  readonly hash?: string;
  /** Of its bytes, where the registry calls them by it: what comes is compared with it, and the hash decides. */
  readonly md5?: string;
  /** Stands for these bytes at this place: with another one the request is refused, or is another request. Absent: the registry has nothing of the kind. */
  readonly mark?: string;
  readonly request: () => RemoteRequest | Promise<RemoteRequest>;
}

/** What to do about a refusal, for who wrote the document. */
export interface Advice {
  readonly allowed: string;
  readonly cure: string;
  /** The field of the document's part that is to be mended. */
  readonly field: string;
}

/** A place elsewhere. */
export interface Remote {
  /** As people call it: `hf://org/model@1a2b3c`. */
  readonly name: string;
  /** Its address, the same for the same files. */
  readonly place: string;
  /** Every file that is meant. @throws RemoteError */
  readonly list: () => Promise<readonly RemoteFile[]>;
  /** What the place still has under the same name, newest first, where it keeps versions. @throws RemoteError */
  readonly earlier?: (path: string) => Promise<readonly RemoteFile[]>;
  readonly advise: (error: RemoteError) => Advice;
}

/** A registry answered otherwise than hoped for, or not at all. Its message holds no credential. */
export class RemoteError extends Error {
  override readonly name = "RemoteError";
  /** The HTTP status; absent when nobody answered. */
  readonly status: number | undefined;
  /** What the registry calls it, where it has a word. */
  readonly code: string | undefined;

  constructor(
    message: string,
    {
      status,
      code,
      cause,
    }: { readonly status?: number; readonly code?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.status = status;
    this.code = code;
  }
}
