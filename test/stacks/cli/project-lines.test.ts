import { expect, test } from "vitest";
import { broughtByPlatform, missingLines } from "../../../stacks/cli/project-lines.ts";

const refreshed = { options: { refresh: "always" } };
const plugin = { name: "model-lifecycle-toy", path: "dist/toy" };

test("a project names the plugin of its stack's platform, and no other one will do", () => {
  const another = { plugins: { providers: [{ name: "model-lifecycle-local", path: "lib" }] } };
  expect(missingLines({ ...refreshed, ...another }, "../lib", [plugin])).toEqual({
    provider: ["plugins:", "  providers:", "    - name: model-lifecycle-toy", "      path: ../lib/dist/toy"],
  });
  const right = { plugins: { providers: [{ name: "model-lifecycle-toy", path: "lib" }] } };
  expect(missingLines({ ...refreshed, ...right }, "../lib", [plugin])).toEqual({});
});

test("a platform that brings no plugin asks for none", () => {
  expect(missingLines(refreshed, "../lib", [])).toEqual({});
});

test("where it cannot be told which platform is meant, it is the first", () => {
  expect([broughtByPlatform(undefined), broughtByPlatform("nowhere")]).toEqual([
    broughtByPlatform("local"),
    broughtByPlatform("local"),
  ]);
});
