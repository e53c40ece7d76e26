import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { inCluster } from "../../../../components/platforms/kubernetes/cluster/in-cluster.ts";
import { AccessError } from "../../../../components/platforms/kubernetes/cluster/index.ts";
import { readKubeconfig } from "../../../../components/platforms/kubernetes/cluster/kubeconfig.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mlc-access-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

function kubeconfig(user: object, cluster: object = { server: "https://10.0.0.1:6443/" }): string {
  const path = join(folder, "config");
  const file = {
    "current-context": "here",
    contexts: [
      { name: "here", context: { cluster: "one", user: "me", namespace: "models" } },
      { name: "there", context: { cluster: "two", user: "nobody" } },
    ],
    clusters: [{ name: "one", cluster }],
    users: [{ name: "me", user }],
  };
  writeFileSync(path, JSON.stringify(file));
  return path;
}

const problemsOf = (read: () => unknown): AccessError["problems"] => {
  try {
    read();
  } catch (error) {
    if (error instanceof AccessError) return error.problems;
    throw error;
  }
  throw new Error("nothing was refused");
};

test("the current context is taken: address, namespace, token", () => {
  const access = readKubeconfig(kubeconfig({ token: "secret" }));
  expect({ ...access, token: access.token?.() }).toEqual({
    url: "https://10.0.0.1:6443",
    namespace: "models",
    token: "secret",
  });
});

test("certificates stand in the file or beside it, and a token's file is read at each use", () => {
  writeFileSync(join(folder, "ca.pem"), "CA");
  writeFileSync(join(folder, "token"), "first\n");
  const data = (text: string) => Buffer.from(text).toString("base64");
  const path = kubeconfig(
    { tokenFile: "token", "client-certificate-data": data("CERT"), "client-key-data": data("KEY") },
    { server: "https://h", "certificate-authority": "ca.pem", "tls-server-name": "api" },
  );
  const { token, ...access } = readKubeconfig(path);
  expect(access).toEqual({
    url: "https://h",
    namespace: "models",
    ca: "CA",
    client: { certificate: "CERT", key: "KEY" },
    serverName: "api",
  });
  expect(token?.()).toBe("first");
  writeFileSync(join(folder, "token"), "second\n");
  expect(token?.()).toBe("second");
});

test("a program that gets a credential is not run, and everything else that is wrong is said with it", () => {
  const path = kubeconfig(
    { exec: { command: "rm" }, username: "u" },
    { server: "10.0.0.1", "certificate-authority": "nowhere.pem" },
  );
  const problems = problemsOf(() => readKubeconfig(path));
  expect(problems.map((each) => each.path.replace(path, ""))).toEqual([
    ': users "me": exec',
    ': users "me": username',
    ': clusters "one": server',
    ": certificate-authority",
  ]);
  expect(problems[0]).toMatchObject({
    seen: "a program that gets a credential",
    allowed: "token, tokenFile, or client-certificate with client-key",
  });
});

test("a context that is not there names those that are; one whose cluster or user is not names the entries", () => {
  const path = kubeconfig({});
  expect(problemsOf(() => readKubeconfig(path, "elsewhere"))).toMatchObject([
    { path: `${path}: contexts`, seen: '"elsewhere"', allowed: "here, there" },
  ]);
  expect(problemsOf(() => readKubeconfig(path, "there"))).toMatchObject([
    { path: `${path}: clusters`, seen: '"two"', allowed: "one" },
    { path: `${path}: users`, seen: '"nobody"', allowed: "me" },
  ]);
});

test("a file that is not there, or no mapping, is refused by name", () => {
  const path = join(folder, "none");
  expect(problemsOf(() => readKubeconfig(path))).toMatchObject([{ path, seen: expect.stringContaining("ENOENT") }]);
  writeFileSync(path, "- 1\n");
  expect(problemsOf(() => readKubeconfig(path))).toMatchObject([{ path, seen: "no mapping" }]);
});

test("a pod finds its service account, and reads its token anew each time", () => {
  for (const [name, text] of Object.entries({ "ca.crt": "CA", namespace: "models", token: "one\n" }))
    writeFileSync(join(folder, name), text);
  const { token, ...access } = inCluster(
    { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" },
    folder,
  );
  expect(access).toEqual({ url: "https://[fd00::1]:6443", namespace: "models", ca: "CA" });
  expect(token?.()).toBe("one");
  writeFileSync(join(folder, "token"), "two\n");
  expect(token?.()).toBe("two");
});

test("outside of a pod it says what to do", () => {
  expect(problemsOf(() => inCluster({}, folder))).toMatchObject([{ path: "KUBERNETES_SERVICE_HOST", seen: "nothing" }]);
  const env = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
  expect(problemsOf(() => inCluster(env, folder))).toMatchObject([{ path: join(folder, "namespace") }]);
});
