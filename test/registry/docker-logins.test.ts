import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerLogin } from "../../components/registry/index.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), "mlc-docker-"));
});
afterAll(() => rmSync(home, { recursive: true }));

const auth = Buffer.from("anna:secret").toString("base64");

function configure(folder: string, text: string): string {
  const place = path.join(home, folder);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, "config.json"), text);
  return place;
}

test("what docker login wrote for a registry is its login, by the names that docker gives it", () => {
  const auths = {
    "registry.example:5000": { auth },
    "https://other.example": { auth },
    "https://index.docker.io/v1/": { auth },
    "helped.example": {},
  };
  const DOCKER_CONFIG = configure("named", JSON.stringify({ auths, credsStore: "pass" }));
  const logins = ["registry.example:5000", "other.example", "docker.io", "helped.example", "registry.example"];
  expect(logins.map((registry) => dockerLogin(registry, { DOCKER_CONFIG }))).toEqual([
    "anna:secret",
    "anna:secret",
    "anna:secret",
    undefined,
    undefined,
  ]);
});

test("it is looked for in ~/.docker, and nothing is there before the first login", () => {
  configure("home/.docker", JSON.stringify({ auths: { "registry.example": { auth } } }));
  expect(dockerLogin("registry.example", { HOME: path.join(home, "home") })).toBe("anna:secret");
  expect(dockerLogin("registry.example", { HOME: path.join(home, "nobody") })).toBeUndefined();
});

test("a file that is no configuration is named", () => {
  const DOCKER_CONFIG = configure("broken", "{");
  expect(() => dockerLogin("registry.example", { DOCKER_CONFIG })).toThrow(
    `${path.join(DOCKER_CONFIG, "config.json")} cannot be read as a configuration of docker`,
  );
});
