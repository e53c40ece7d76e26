import { dockerLogin, openRepository, type Repository, readReference } from "../../registry/index.ts";
import { credentialOf, type Role } from "./archive-error.ts";

/** What an archived version is called in its repository. */
export const tagOf = (model: string, version: string): string => `${model}-${version}`;

/** The repository of an archive, with the login that the environment has for it. @throws RegistryError when docker's configuration cannot be read */
export const archiveRepository = (name: string, env: NodeJS.ProcessEnv): Repository => open(name, "archive", env);

/** The repository that an image serves from. @param archive in the same registry its login is used for both, which a mount takes */
export function sourceRepository(image: string, archive: Repository, env: NodeJS.ProcessEnv): Repository {
  const { registry, repository } = readReference(image);
  const role = registry === archive.registry && !env[credentialOf.source] ? "archive" : "source";
  return open(`${registry}/${repository}`, role, env);
}

const open = (name: string, role: Role, env: NodeJS.ProcessEnv): Repository =>
  openRepository(name, env[credentialOf[role]] || dockerLogin(name.split("/")[0] ?? "", env));
