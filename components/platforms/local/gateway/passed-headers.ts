/** Headers of one connection (RFC 9110 §7.6.1), and those that are written anew. */
const NOT_FORWARDED = new Set([
  ...["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect", "http2-settings"],
  ...["proxy-connection", "proxy-authorization", "host", "content-length"],
]);

/** What a model server is sent of a request's headers. */
export function forwardedHeaders(raw: readonly string[]): string[] {
  const named = namedByConnection(raw);
  const headers: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = "", value = ""] = [raw[i], raw[i + 1]];
    const lower = name.toLowerCase();
    if (!NOT_FORWARDED.has(lower) && !named.includes(lower)) headers.push(name, value);
  }
  return headers;
}

const NOT_RETURNED = new Set([
  ...["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "date", "content-length"],
  ...["proxy-connection", "x-model-version", "x-prediction-id", "deprecation", "sunset"],
]);

/** What a client gets of an answer's headers, and the label that the model server gave the prediction. */
export function returnedHeaders(
  received: readonly string[],
  keepLength: boolean,
): { headers: string[]; label: string | undefined } {
  const named = namedByConnection(received);
  const headers: string[] = [];
  let label: string | undefined;
  for (let i = 0; i + 1 < received.length; i += 2) {
    const [name = "", value = ""] = [received[i], received[i + 1]];
    if ((NOT_RETURNED.has(name) && !(keepLength && name === "content-length")) || named.includes(name)) continue;
    if (name === "x-prediction-label") label = value;
    headers.push(name, value);
  }
  return { headers, label };
}

/** What a `Connection` header says belongs to its connection alone, in lower case. */
function namedByConnection(headers: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() !== "connection") continue;
    names.push(
      ...(headers[i + 1] ?? "")
        .toLowerCase()
        .split(",")
        .map((name) => name.trim()),
    );
  }
  return names;
}
