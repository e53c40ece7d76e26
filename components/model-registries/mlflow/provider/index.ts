import { serveProvider } from "../../../provider/serve.ts";
import { libraryVersion } from "../../../release/index.ts";
import { mlflowProvider } from "./provider.ts";

serveProvider(mlflowProvider(libraryVersion));
