/** What an engine loads, compiled: `--policy-pack dist/policies/pack`. */
import { servePack } from "../adapters/serve-pack.ts";

servePack("corePack");
