/** What an engine loads, compiled: `--policy-pack dist/policies/pack`. It is required, not imported, so it awaits nothing. */
import { corePack, createPack } from "../index.ts";

createPack(corePack);
