import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { errorCode } from "../host/host-error.ts";
import { RegistryError } from "./registry-error.ts";

const configuration = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).optional(),
});

/** What docker calls its own registry. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/**
 * What `docker login` wrote for a registry, as `user:password`: `auths` of `config.json` in `DOCKER_CONFIG`, by default
 * `~/.docker`. Undefined where it wrote nothing, or into a helper of the machine.
 * @throws RegistryError when the file cannot be read
 */
export function dockerLogin(registry: string, env: NodeJS.ProcessEnv): string | undefined {
  const file = join(env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker"), "config.json");
  const { auths = {} } = readConfiguration(file);
  const { auth } = auths[registry === "docker.io" ? DOCKER_HUB : registry] ?? auths[`https://${registry}`] ?? {};
  return auth ? Buffer.from(auth, "base64").toString("utf8") : undefined;
}

function readConfiguration(file: string): z.output<typeof configuration> {
  try {
    return configuration.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return {};
    throw new RegistryError(`${file} cannot be read as a configuration of docker`, undefined, { cause: error });
  }
}
