/** What an engine loads, compiled: `--policy-pack dist/policies/records-pack`. */
import { servePack } from "../adapters/serve-pack.ts";

servePack("recordsPack");
