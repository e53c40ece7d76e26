import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import {
  defaultPlace,
  type PlaceRequest,
  placeOf,
  rememberPlace,
  stacksBeside,
} from "../../../../components/platforms/local/state-folder/place.ts";

let parent: string;
let request: PlaceRequest;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "mlc-place-"));
  request = {
    project: "app",
    stack: "prod",
    root: join(parent, "checkout"),
    env: { XDG_STATE_HOME: join(parent, "xdg") },
  };
});
afterEach(() => rmSync(parent, { recursive: true }));

const usual = () => join(parent, "xdg/model-lifecycle/app/prod");

test("the place is the same from every checkout, under XDG_STATE_HOME", () => {
  expect(placeOf(request)).toEqual({ path: usual() });
  expect(placeOf({ ...request, root: join(parent, "another") })).toEqual({ path: usual() });
});

test.each([{}, { XDG_STATE_HOME: "" }, { XDG_STATE_HOME: "relative" }])("with %j it is under the home", (env) => {
  expect(placeOf({ ...request, env: { ...env, HOME: "/home/ml" } })).toEqual({
    path: "/home/ml/.local/state/model-lifecycle/app/prod",
  });
});

test("a setting moves it, and a pointer finds it without the setting", () => {
  const moved = join(parent, "srv");
  openStateFolder(moved);
  rememberPlace(usual(), moved);
  expect(placeOf({ ...request, stateFolder: "/elsewhere" })).toEqual({ path: "/elsewhere" });
  expect(placeOf(request)).toEqual({ path: moved });
  rmSync(moved, { recursive: true });
  expect(placeOf(request)).toEqual({ path: usual() });
});

test("a pointer goes when the stack is in its default place again", () => {
  const moved = join(parent, "srv");
  openStateFolder(moved);
  rememberPlace(usual(), moved);
  rememberPlace(usual(), usual());
  expect(placeOf(request)).toEqual({ path: usual() });
});

test("a folder of version 0.1.0 inside the checkout is used on, with the danger and the way out", () => {
  const inside = join(request.root, ".model-lifecycle/prod");
  mkdirSync(request.root);
  expect(placeOf(request).path).toBe(usual());
  openStateFolder(inside);
  const { path, warning } = placeOf(request);
  expect(path).toBe(inside);
  expect(warning).toContain("git clean -ffdx");
  expect(warning).toContain(usual());
  openStateFolder(usual());
  expect(placeOf(request)).toEqual({ path: usual() });
});

test("a relative pointer points nowhere", () => {
  mkdirSync(join(parent, "xdg/model-lifecycle/app"), { recursive: true });
  writeFileSync(`${usual()}.location`, "somewhere\n");
  expect(placeOf(request)).toEqual({ path: usual() });
});

test("a home in which nothing can be written keeps no pointer, and is no reason to refuse another place", () => {
  writeFileSync(join(parent, "file"), "");
  rememberPlace(join(parent, "file/app/prod"), "/srv/prod");
  expect(defaultPlace({ ...request, env: { HOME: "/home/ml" } })).toBe(
    "/home/ml/.local/state/model-lifecycle/app/prod",
  );
});

test("stacks beside one are those of the project that have state here, each where it is", () => {
  const moved = join(parent, "srv");
  openStateFolder(moved);
  rememberPlace(join(parent, "xdg/model-lifecycle/app/dev"), moved);
  openStateFolder(join(parent, "xdg/model-lifecycle/app/old"));
  openStateFolder(usual());
  mkdirSync(join(parent, "xdg/model-lifecycle/app/empty"));
  expect(stacksBeside(usual())).toEqual([
    { stack: "dev", path: moved },
    { stack: "old", path: join(parent, "xdg/model-lifecycle/app/old") },
  ]);
  expect(stacksBeside(join(parent, "nowhere/app/prod"))).toEqual([]);
});

/** Says where the stack is, as a user who may not look into other users' folders. */
function placeOfNobody(asked: PlaceRequest): string {
  const script = `const { placeOf } = await import(${JSON.stringify(resolve("components/platforms/local/state-folder/place.ts"))});
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    console.log(placeOf(${JSON.stringify(asked)}).path);`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).trim();
}

test("a place into which this user may not look is still the place", () => {
  const closed = join(parent, "closed");
  openStateFolder(join(closed, "state"));
  rememberPlace(usual(), join(closed, "state"));
  for (const open of [
    parent,
    join(parent, "xdg"),
    join(parent, "xdg/model-lifecycle"),
    join(parent, "xdg/model-lifecycle/app"),
  ])
    chmodSync(open, 0o755);
  chmodSync(`${usual()}.location`, 0o644);
  chmodSync(closed, 0o000);
  try {
    expect(placeOfNobody(request)).toBe(join(closed, "state"));
  } finally {
    chmodSync(closed, 0o700);
  }
});
