import { authorize } from "./login.ts";
import { type RepositoryName, readRepositoryName } from "./reference.ts";
import { ask, originOf, type Request } from "./transport.ts";

/** A repository that can be asked: it logs in where the registry wants that, and remembers it. */
export interface Repository extends RepositoryName {
  /** With its registry: `registry.example/nlp/sentiment`. */
  readonly name: string;
  /**
   * Asks once, and once more after a login.
   * @param path what follows `/v2/<repository>/`, or an address that the registry has given
   * @param isLong a blob goes one way or the other, which takes its time
   */
  readonly send: (path: string, request?: Request, isLong?: boolean) => Promise<Response>;
}

/** @param credential `user:password`; undefined: nobody */
export function openRepository(name: string, credential?: string): Repository {
  const { registry, repository } = readRepositoryName(name);
  const origin = originOf(registry);
  let authorization: string | undefined;
  return {
    name,
    registry,
    repository,
    async send(path, request = {}, isLong = false) {
      const url = new URL(path, `${origin}/v2/${repository}/`);
      // A place for uploads may be another host: it gets what it is to store, and no password.
      const isOwn = url.origin === origin;
      const once = () => {
        const login = isOwn && authorization !== undefined ? { authorization } : {};
        return ask(url.href, { ...request, headers: { ...request.headers, ...login } }, isLong);
      };
      const first = await once();
      const isStream = request.body !== undefined && !(request.body instanceof Uint8Array);
      if (first.status !== 401 || !isOwn || isStream) return first;
      authorization = await authorize(first, repository, credential);
      return once();
    },
  };
}
