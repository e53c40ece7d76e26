import * as pulumi from "@pulumi/pulumi";
import { libraryVersion } from "../../../spec/index.ts";
import { LocalProvider } from "./provider.ts";

// The engine's language host loads this with require(), which refuses a module that awaits at its top level.
void pulumi.provider.main(new LocalProvider(libraryVersion), process.argv.slice(2));
