import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { answerLocalFile } from "./local-file.ts";
import { RemoteError, type RemoteRequest } from "./remote.ts";

/** The longest a registry may take over an answer that is no file. */
const PATIENCE_MS = 30_000;

const isFile = (url: string): boolean => url.startsWith("file:");

/** Where an answer comes from, without what a signed address carries behind it. */
const placeOf = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return isFile(url) ? fileURLToPath(url) : `${origin}${pathname}`;
};

/** Who answers: a server, or this machine for a file of its own. */
export const answererOf = (url: string): string => (isFile(url) ? fileURLToPath(url) : new URL(url).origin);

/** Asks once. @param more headers of this try, and its end @throws RemoteError when nobody answers */
export async function ask(
  { url, headers = {}, redirect = "follow", ...rest }: RemoteRequest,
  more: {
    readonly method?: "GET" | "HEAD";
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Response> {
  try {
    if (isFile(url)) return await answerLocalFile(url, more.headers?.range);
    return await fetch(url, { ...rest, ...more, redirect, headers: { ...headers, ...more.headers } });
  } catch (error) {
    throw new RemoteError(`${answererOf(url)} does not answer: ${reasonOf(error)}`, { cause: error });
  }
}

/** Why nothing came, or no more of it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}

/** What a registry says when it does not do what it was asked: the status, and its own word for it. */
export async function refusalOf(response: Response): Promise<RemoteError> {
  const code = codeOf(response, (await response.text().catch(() => "")).slice(0, 10_000));
  const words = code === undefined ? "" : ` (${code})`;
  return new RemoteError(`${placeOf(response.url)} answers ${response.status}${words}`, {
    status: response.status,
    code,
  });
}

/** The hub has it in a header, MLflow in JSON, object stores in XML. */
function codeOf(response: Response, body: string): string | undefined {
  const told = response.headers.get("x-error-code");
  const [, json, xml] = /"error_code"\s*:\s*"(\w{1,60})"|<Code>(\w{1,60})<\/Code>/.exec(body) ?? [];
  return told || json || xml;
}

/** An answer that is no file. @throws RemoteError when it is a refusal, or takes too long */
export async function askText(request: RemoteRequest): Promise<{ readonly text: string; readonly response: Response }> {
  const response = await ask(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw await refusalOf(response);
  try {
    return { text: await response.text(), response };
  } catch (error) {
    throw new RemoteError(`${placeOf(response.url)} broke off: ${reasonOf(error)}`, { cause: error });
  }
}

/** An answer of a known shape. @throws RemoteError when it is another one */
export async function askJson<Schema extends z.ZodType>(
  request: RemoteRequest,
  schema: Schema,
): Promise<{ readonly answer: z.output<Schema>; readonly response: Response }> {
  const { text, response } = await askText(request);
  const parsed = schema.safeParse(parsedJson(text));
  if (parsed.success) return { answer: parsed.data, response };
  const at = parsed.error.issues[0]?.path.join(".") || "the answer";
  throw new RemoteError(
    `${placeOf(response.url)} answers what its kind of registry does not: ${at} is missing or different`,
    {
      status: response.status,
    },
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
