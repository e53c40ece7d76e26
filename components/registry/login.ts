import { RegistryError } from "./registry-error.ts";
import { ask } from "./transport.ts";

/** The header for one repository, as the registry's challenge says where to get it; anonymous pulls need a token too. */
export async function authorize(
  challenged: Response,
  repository: string,
  credential: string | undefined,
): Promise<string> {
  const challenge = challenged.headers.get("www-authenticate") ?? "";
  const basic = credential === undefined ? undefined : `Basic ${Buffer.from(credential).toString("base64")}`;
  if (/^basic /i.test(challenge) && basic !== undefined) return basic;
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]));
  const realm = fields.get("realm");
  if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) {
    throw new RegistryError(`${challenged.url} asks for a login`, 401);
  }
  const url = new URL(realm);
  // A mount asks for two scopes in one field.
  for (const scope of (fields.get("scope") ?? `repository:${repository}:pull`).split(" ")) {
    url.searchParams.append("scope", scope);
  }
  const service = fields.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  const response = await ask(url.href, basic === undefined ? {} : { headers: { authorization: basic } });
  if (!response.ok) throw new RegistryError(`${url.origin} gives no token: ${response.status}`, response.status);
  const token = tokenIn(await response.json().catch(() => undefined));
  if (token === undefined) throw new RegistryError(`${url.origin} gives no token`, response.status);
  return `Bearer ${token}`;
}

function tokenIn(answer: unknown): string | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const { token, access_token } = { token: undefined, access_token: undefined, ...answer };
  const text = token ?? access_token;
  return typeof text === "string" ? text : undefined;
}
