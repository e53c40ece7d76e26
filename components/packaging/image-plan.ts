import { digestOf } from "../registry/index.ts";
import type { ResolvedRuntime } from "../release/index.ts";
import { fillIn, placeholdersIn } from "../release/placeholders.ts";

/** Where the server in an image listens. */
export const IMAGE_PORT = 8080;

/** Nobody: a number, because a cluster that lets no root run cannot look a name up. */
export const IMAGE_USER = "65534";

/** What an image is made from, whoever makes it. */
export interface ImagePlan {
  /** With its digest. */
  readonly base: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Folders of the context, by where they stand in the image. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  /** What has to be run while it is made; absent: nothing, so that it can be made without a daemon. */
  readonly run?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly entrypoint: readonly string[];
}

/** A version that is put into an image. */
export interface PackagedVersion {
  readonly model: string;
  readonly version: string;
  /** Its pin. */
  readonly content: string;
  /** What answers for it. @default the library's own model server */
  readonly serve?: ResolvedRuntime;
}

/** A version that cannot be put into an image: a sentence with what to do. */
export class UnpackagedError extends Error {
  override readonly name = "UnpackagedError";
}

/** Says what its image is made from. @throws UnpackagedError */
export function planImage(packaged: PackagedVersion, base: string): ImagePlan {
  const { model, version, content, serve } = packaged;
  const labels = {
    "org.opencontainers.image.title": model,
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.base.name": base.replace(/@.*$/, ""),
    "org.opencontainers.image.base.digest": base.replace(/^.*@/, ""),
    "model-lifecycle.content": digestOf(content),
  };
  const files = { from: "model", to: "/model" };
  const bill = { from: "bill", to: "/bill" };
  if (serve !== undefined) return { base, labels, copies: [files, bill], ...commandOf(packaged, serve) };
  return {
    base,
    labels,
    copies: [{ from: "app", to: "/app" }, files, bill],
    env: { NODE_ENV: "production" },
    directory: "/app",
    entrypoint: [
      ...["node", "/app/server.mjs", "--port", String(IMAGE_PORT), "--model-dir", "/model"],
      ...["--model", model, "--version", version],
    ],
  };
}

type Started = Pick<ImagePlan, "run" | "env" | "directory" | "entrypoint">;

function commandOf({ model, version }: PackagedVersion, { command, env, directory, python }: ResolvedRuntime): Started {
  const texts = [...command, ...Object.values(env)];
  if (texts.some((text) => placeholdersIn(text).includes("socket"))) {
    throw new UnpackagedError(
      `versions.${version}.serve.command: seen {socket}; allowed in an image: {port}, which others can reach. Let the server listen on a port.`,
    );
  }
  const values = valuesFor(texts, { model, version });
  // Nobody outside of a container reaches its own loopback.
  const filled = (text: string) => (/^(?:127\.0\.0\.1|localhost)$/.test(text) ? "0.0.0.0" : fillIn(text, values));
  return {
    ...(python !== undefined && { run: installs(python.lock) }),
    env: {
      PYTHONDONTWRITEBYTECODE: "1",
      ...Object.fromEntries(Object.entries(env).map(([name, text]) => [name, filled(text)])),
    },
    directory: directory === "scratch" ? "/tmp" : "/model",
    entrypoint: command.map(filled),
  };
}

/** Each further port is the next one. */
function valuesFor(texts: readonly string[], { model, version }: { readonly model: string; readonly version: string }) {
  const ports = [...new Set(texts.flatMap(placeholdersIn).filter((name) => name.startsWith("port:")))];
  return new Map([
    ["port", String(IMAGE_PORT)],
    ...ports.map((name, index) => [name, String(IMAGE_PORT + 1 + index)] as const),
    ["content", "/model"],
    ["scratch", "/tmp"],
    ["model", model],
    ["version", version],
    ["instance", "image"],
  ]);
}

/** Wheels only: another form runs code of its own while it is installed. The hashes stand in the file. */
const installs = (lock: string): readonly string[] => [
  ...["python", "-m", "pip", "install", "--no-cache-dir", "--no-input", "--disable-pip-version-check"],
  ...["--require-hashes", "--only-binary", ":all:", "-r", `/model/${lock}`],
];
