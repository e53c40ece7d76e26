import {
  contentIn,
  digestOf,
  dockerLogin,
  openRepository,
  RegistryError,
  readManifest,
  readReference,
} from "../../registry/index.ts";
import { type LoadSource, type ResolveReference, SourceError } from "../source.ts";
import type { ResolvedOciSource } from "./document.ts";

/**
 * What content comes from by `source: { kind: oci }`. Its files stay in the registry: what serves pulls them itself. A
 * registry that asks for a login gets `OCI_CREDENTIAL`, which is `user:password`, or else what `docker login` wrote.
 */
export const load: LoadSource<Omit<ResolvedOciSource, "content">> = ({ image }) => {
  const pin = async () => ({
    content: await contentOf(image).catch((error: unknown) => {
      throw explained(error, image);
    }),
    files: [],
  });
  const elsewhere = async (): Promise<never> => {
    throw new SourceError({
      seen: `"${image}", an image that only a cluster pulls`,
      allowed: "files that can be copied",
      cure: "Serve it on a platform that runs containers, or name the files: source: { kind: path }.",
      field: "image",
    });
  };
  return {
    name: image,
    place: image,
    pin,
    async verify(content) {
      const found = await pin();
      return found.content === content ? [] : [`its tag is ${digestOf(found.content)} now`];
    },
    open: elsewhere,
    read: elsewhere,
  };
};

/** `oci://registry/repository:tag`; the tag stays in the document, and its digest is the pin. */
export const resolve: ResolveReference = async (reference) => ({
  kind: "oci",
  image: reference.replace(/^oci:\/\//, ""),
});

async function contentOf(image: string): Promise<string> {
  const { registry, repository, tag } = readReference(image);
  const credential = process.env.OCI_CREDENTIAL || dockerLogin(registry, process.env);
  const { digest } = await readManifest(openRepository(`${registry}/${repository}`, credential), tag);
  return contentIn(digest);
}

function explained(error: unknown, image: string): unknown {
  if (!(error instanceof RegistryError)) return error;
  const cures: Readonly<Record<string, string>> = {
    401: "Log in: OCI_CREDENTIAL=user:password mlc pin",
    403: "Ask for the right to pull it, and log in: OCI_CREDENTIAL=user:password mlc pin",
    404: "Push it, or correct the name.",
  };
  return new SourceError(
    {
      seen: `"${image}": ${error.message}`,
      allowed: "an image that the registry has",
      cure: cures[String(error.status)] ?? "Ask again when the registry answers.",
      field: "image",
    },
    { cause: error },
  );
}
