import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { byDigest, readReference } from "../../components/registry/index.ts";
import { loadSource } from "../../components/sources/load-source.ts";
import { hasRegistry, type RunningRegistry, registryNeeded, startRegistry } from "../registry/real-registry.ts";
import { emptyDirectory } from "./conformance.ts";

afterEach(() => {
  delete process.env.OCI_CREDENTIAL;
});

const sourceOf = (image: string) =>
  loadSource({ kind: "oci", image, as: "container", delivers: "image" }, { root: emptyDirectory() });

describe.skipIf(!hasRegistry)(`a real registry${registryNeeded}`, () => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  test("a pin is the digest of what the tag is now", async () => {
    const digest = await registry.push("nlp/sentiment", "v1", "one");
    const source = await sourceOf(`${registry.host}/nlp/sentiment:v1`);
    expect(await source.pin()).toEqual({ content: digest, files: [] });
    expect(await source.verify(digest)).toEqual([]);
    const moved = await registry.push("nlp/sentiment", "v1", "two");
    expect(await source.verify(digest)).toEqual([`its tag is sha256:${moved} now`]);
  });

  test("an image that the registry has not is refused with what to do", async () => {
    const image = `${registry.host}/nlp/sentiment:v9`;
    await expect((await sourceOf(image)).pin()).rejects.toMatchObject({
      seen: `"${image}": http://${registry.host}/v2/nlp/sentiment/manifests/v9 answers 404 (MANIFEST_UNKNOWN)`,
      allowed: "an image that the registry has",
      cure: "Push it, or correct the name.",
      field: "image",
    });
  });

  test("a registry that is not there is refused with what to do", async () => {
    const other = await startRegistry();
    const image = `${other.host}/nlp/sentiment:v1`;
    await other.stop();
    await expect((await sourceOf(image)).pin()).rejects.toMatchObject({
      seen: `"${image}": http://${other.host} does not answer: connect ECONNREFUSED ${other.host}`,
      cure: "Ask again when the registry answers.",
    });
  });

  test("a registry that asks for a login gets the credential, and a refusal says how to give one", async () => {
    const closed = await startRegistry({ withLogin: true });
    try {
      const image = `${closed.host}/nlp/sentiment:v1`;
      await expect((await sourceOf(image)).pin()).rejects.toMatchObject({
        cure: "Log in: OCI_CREDENTIAL=user:password mlc pin",
      });
      process.env.OCI_CREDENTIAL = "anna:secret";
      // Anna is let in, and there is nothing yet.
      await expect((await sourceOf(image)).pin()).rejects.toMatchObject({ cure: "Push it, or correct the name." });
      process.env.OCI_CREDENTIAL = "anna:wrong";
      await expect((await sourceOf(image)).pin()).rejects.toMatchObject({
        cure: "Log in: OCI_CREDENTIAL=user:password mlc pin",
      });
    } finally {
      await closed.stop();
    }
  });
});

/**
 * A stand-in for a registry with tokens, as docker.io and ghcr.io are: no such server is to be had here. It shows that the
 * challenge is followed, not that those two challenge so.
 */
async function withTokens<Result>(run: (host: string, asked: readonly string[]) => Promise<Result>): Promise<Result> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    asked.push(`${request.url} ${request.headers.authorization ?? "nobody"}`);
    if (request.url?.startsWith("/token")) response.end(JSON.stringify({ token: "t1" }));
    else if (request.headers.authorization === "Bearer t1") response.end("{}");
    else {
      const challenge = `Bearer realm="http://127.0.0.1:${port}/token",service="reg",scope="repository:nlp/sentiment:pull"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await run(`127.0.0.1:${(server.address() as AddressInfo).port}`, asked);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("a challenge for a token is followed, anonymously where nobody has logged in", async () => {
  await withTokens(async (host, asked) => {
    const { content } = await (await sourceOf(`${host}/nlp/sentiment:v1`)).pin();
    expect(content).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    expect(asked).toEqual([
      "/v2/nlp/sentiment/manifests/v1 nobody",
      "/token?scope=repository%3Anlp%2Fsentiment%3Apull&service=reg nobody",
      "/v2/nlp/sentiment/manifests/v1 Bearer t1",
    ]);
  });
});

test("an image's files are only a cluster's to pull", async () => {
  await expect((await sourceOf("registry.example/nlp/sentiment:v1")).open("", "")).rejects.toMatchObject({
    seen: '"registry.example/nlp/sentiment:v1", an image that only a cluster pulls',
    cure: "Serve it on a platform that runs containers, or name the files: source: { kind: path }.",
  });
});

test("an image is taken apart at its tag, also behind a port, and served by its digest", () => {
  expect(readReference("registry.example:5000/a/b:v1")).toEqual({
    registry: "registry.example:5000",
    repository: "a/b",
    tag: "v1",
  });
  expect(byDigest("registry.example:5000/a/b:v1", "f".repeat(64))).toBe(
    `registry.example:5000/a/b@sha256:${"f".repeat(64)}`,
  );
});
