import { HostError } from "../../host/host-error.ts";
import { RegistryError } from "../../registry/index.ts";

/** Which of the two repositories an error is about. */
export type Role = "source" | "archive";

/** The variable that holds the login of each, where `docker login` has written none or another one is meant. */
export const credentialOf: Readonly<Record<Role, string>> = {
  source: "OCI_CREDENTIAL",
  archive: "OCI_ARCHIVE_CREDENTIAL",
};

const allowed: Readonly<Record<Role, string>> = {
  source: "a registry that gives the image as it is pinned",
  archive: "a repository that takes images, and keeps them",
};

/** Does something with one of the two. @throws HostError that says what to do about what its registry did */
export const told = <Result>(
  role: Role,
  { name }: { readonly name: string },
  work: () => Promise<Result>,
): Promise<Result> =>
  work().catch((error: unknown) => {
    throw explained(error, role, name);
  });

/** The same of bytes that come in. */
export async function* toldOf(
  role: Role,
  { name }: { readonly name: string },
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* bytes;
  } catch (error) {
    throw explained(error, role, name);
  }
}

function explained(error: unknown, role: Role, name: string): unknown {
  if (!(error instanceof RegistryError)) return error;
  const words = { path: name, seen: error.message, allowed: allowed[role], cure: cureOf(error.status, role, name) };
  return new HostError(words, { cause: error });
}

function cureOf(status: number | undefined, role: Role, name: string): string {
  const login = `docker login ${name.split("/")[0]}, or ${credentialOf[role]}=user:password in the environment.`;
  switch (status) {
    case 401:
      return `Log in: ${login}`;
    case 403:
      return `Ask for the right to ${role === "source" ? "pull from it" : "push into it"}, and log in: ${login}`;
    case 404:
      return role === "source"
        ? "Push the same image again, or keep the version."
        : "Create the repository, or correct archive.repository.";
    case 405:
      return "The registry is read-only: make it writable, or name another repository.";
    default:
      return "Run the same command again when the registry is well: it goes on where it was.";
  }
}
