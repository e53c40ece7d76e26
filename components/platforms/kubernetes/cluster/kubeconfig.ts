import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { type Access, AccessError, type AccessProblem } from "./access.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The way to a cluster that a kubeconfig file describes. Programs that it names to get a credential are not run.
 * @param context @default the file's current context
 * @throws AccessError with everything that is wrong
 */
export function readKubeconfig(path: string, context?: string): Access {
  const problems: AccessProblem[] = [];
  const file = load(path);
  const name = context ?? textIn(file, "current-context") ?? "";
  const chosen = entry(file, "contexts", name, "context");
  if (chosen === undefined) throw new AccessError([unknownEntry(path, file, "contexts", name)]);
  const [clusterName, userName] = [textIn(chosen, "cluster") ?? "", textIn(chosen, "user") ?? ""];
  const cluster = entry(file, "clusters", clusterName, "cluster");
  const user = entry(file, "users", userName, "user");
  if (cluster === undefined) problems.push(unknownEntry(path, file, "clusters", clusterName));
  if (user === undefined && userName !== "") problems.push(unknownEntry(path, file, "users", userName));
  problems.push(...unusable(path, userName, user ?? {}));
  const server = textIn(cluster ?? {}, "server");
  if (cluster !== undefined && !isAddress(server)) problems.push(noAddress(path, clusterName, server));
  const pem = (fields: Fields, key: string): string | undefined => readPem(path, fields, key, problems);
  const ca = pem(cluster ?? {}, "certificate-authority");
  const certificate = pem(user ?? {}, "client-certificate");
  const key = pem(user ?? {}, "client-key");
  const token = tokenOf(path, user ?? {});
  if (problems.length > 0 || server === undefined) throw new AccessError(problems);
  const serverName = textIn(cluster ?? {}, "tls-server-name");
  return {
    url: server.replace(/\/+$/, ""),
    namespace: textIn(chosen, "namespace") ?? "default",
    ...(token !== undefined && { token }),
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && key !== undefined && { client: { certificate, key } }),
    ...(serverName !== undefined && { serverName }),
    ...(cluster?.["insecure-skip-tls-verify"] === true && { insecure: true }),
  };
}

function load(path: string): Fields {
  const refuse = (seen: string): AccessError => {
    const cure = "Name your kubeconfig with KUBECONFIG, or let your cluster's tool write one";
    return new AccessError([{ path, seen, allowed: "a kubeconfig file that this process may read", cure }]);
  };
  let file: unknown;
  try {
    file = parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  if (!isFields(file)) throw refuse("no mapping");
  return file;
}

const entries = (file: Fields, list: string): readonly Fields[] =>
  Array.isArray(file[list]) ? file[list].filter(isFields) : [];

function entry(file: Fields, list: string, name: string, key: string): Fields | undefined {
  const found = entries(file, list).find((each) => each.name === name);
  const value = found?.[key];
  return found === undefined ? undefined : isFields(value) ? value : {};
}

function unknownEntry(path: string, file: Fields, list: string, name: string): AccessProblem {
  const names = entries(file, list).map((each) => String(each.name));
  return {
    path: `${path}: ${list}`,
    seen: name === "" ? "no name" : JSON.stringify(name),
    allowed: names.length === 0 ? "an entry; there is none" : names.join(", "),
    cure: list === "contexts" ? "Choose one: kubectl config use-context NAME" : "Mend the context that names it",
  };
}

/** Ways to prove who one is that need another program, or another library. */
function unusable(path: string, name: string, user: Fields): readonly AccessProblem[] {
  const cure =
    "Make a token: kubectl create token SERVICEACCOUNT, and put it into a context of its own: kubectl config set-credentials NAME --token=TOKEN";
  const ways = ["exec", "auth-provider", "username"].filter((key) => user[key] !== undefined);
  return ways.map((key) => ({
    path: `${path}: users ${JSON.stringify(name)}: ${key}`,
    seen: key === "username" ? "a password" : "a program that gets a credential",
    allowed: "token, tokenFile, or client-certificate with client-key",
    cure,
  }));
}

const isAddress = (server: string | undefined): boolean =>
  server !== undefined && URL.canParse(server) && /^https?:$/.test(new URL(server).protocol);

const noAddress = (path: string, name: string, server: string | undefined): AccessProblem => ({
  path: `${path}: clusters ${JSON.stringify(name)}: server`,
  seen: server === undefined ? "nothing" : JSON.stringify(server),
  allowed: "an address that begins with https:// or http://",
  cure: "Name the API server's address",
});

/** What stands in the file itself, or in a file beside it. */
function readPem(path: string, fields: Fields, key: string, problems: AccessProblem[]): string | undefined {
  const data = textIn(fields, `${key}-data`);
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const name = textIn(fields, key);
  if (name === undefined) return undefined;
  try {
    return readFileSync(resolve(dirname(path), name), "utf8");
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    const allowed = "a file that this process may read";
    problems.push({ path: `${path}: ${key}`, seen, allowed, cure: "Name the file where it is" });
    return undefined;
  }
}

function tokenOf(path: string, user: Fields): (() => string) | undefined {
  const file = textIn(user, "tokenFile");
  if (file !== undefined) return () => readFileSync(resolve(dirname(path), file), "utf8").trim();
  const token = textIn(user, "token");
  return token === undefined ? undefined : () => token;
}

const textIn = (fields: Fields, key: string): string | undefined => {
  const value = fields[key];
  return typeof value === "string" && value !== "" ? value : undefined;
};

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
