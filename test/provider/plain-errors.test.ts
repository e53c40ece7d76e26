import { expect, test } from "vitest";
import { HostError } from "../../components/host/host-error.ts";
import { localProvider } from "../../components/platforms/local/provider/provider.ts";
import { toldPlainly } from "../../components/provider/plain-errors.ts";

// The engine prints the stack of whatever a provider throws.

async function told(thrown: unknown): Promise<Error> {
  const provider = localProvider("0");
  provider.delete = async () => {
    throw thrown;
  };
  const error: unknown = await toldPlainly(provider)
    .delete("id", "urn", {})
    .catch((caught: unknown) => caught);
  if (!(error instanceof Error)) throw new Error("it did not throw an error");
  return error;
}

const refused = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: refused, open '${path}'`), { code, path });

test("what a user can mend is told without frames", async () => {
  const problem = { path: "/srv/ml", seen: "it belongs to ada", allowed: "a folder of bob", cure: "Run this as ada." };
  const error = await told(new HostError(problem));
  expect(error.message).toBe("/srv/ml: it belongs to ada; allowed: a folder of bob. Run this as ada.");
  expect(error.stack).toBe(error.message);
});

test.each([
  [
    refused("EACCES", "/srv/ml/documents/.rules.yml.b38aac4b.tmp"),
    "/srv/ml/documents: this user may not read or write there (EACCES). Run this as the user who deployed the stack, or correct owner and mode, then run the same command again.",
  ],
  [
    refused("EROFS", "/srv/ml/documents/rules.yml"),
    "/srv/ml/documents/rules.yml: the file system is read-only (EROFS). Mount it for writing, then run the same command again.",
  ],
  [refused("EIO", "/srv/ml"), "EIO: refused, open '/srv/ml'"],
  ["a text", "a text"],
])("%s is told as one sentence", async (thrown, sentence) => {
  const error = await told(thrown);
  expect(error.message).toBe(sentence);
  expect(error.stack).toBe(sentence);
});

test("a fault of the library keeps its frames", async () => {
  expect((await told(new TypeError("x is not a function"))).stack).toContain("\n    at ");
});
