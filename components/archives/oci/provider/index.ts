import { serveProvider } from "../../../provider/serve.ts";
import { libraryVersion } from "../../../release/index.ts";
import { ociProvider } from "./provider.ts";

serveProvider(ociProvider(libraryVersion));
