import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { env } from "node:process";
import type { Properties } from "../../../components/provider/properties.ts";
import { serveProvider } from "../../../components/provider/serve.ts";
import { cloudProvider, placeIn } from "./cloud.ts";
import type { World } from "./kinds.ts";

interface Saved {
  readonly things: readonly (readonly [string, Properties])[];
  readonly done: readonly string[];
}

/** The world that an earlier run of the plugin left in a file. */
export function readWorld(file: string): World {
  const saved: Saved = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { things: [], done: [] };
  return { things: new Map(saved.things), done: [...saved.done] };
}

/** Serves the toy cloud to the engine; its world stands in the file that TOY_WORLD names. */
export function serveToy(): void {
  const file = env.TOY_WORLD ?? "";
  const world = readWorld(file);
  const save = () => writeFileSync(file, JSON.stringify({ things: [...world.things], done: world.done }));
  const provider = cloudProvider(placeIn(world));
  const saving =
    <Args extends unknown[], Result>(verb: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      try {
        return await verb.apply(provider, args);
      } finally {
        save();
      }
    };
  serveProvider({
    version: provider.version,
    check: saving(provider.check),
    diff: saving(provider.diff),
    create: saving(provider.create),
    read: saving(provider.read),
    update: saving(provider.update),
    delete: saving(provider.delete),
  });
}
