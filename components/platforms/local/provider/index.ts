import { serveProvider } from "../../../provider/serve.ts";
import { libraryVersion } from "../../../release/index.ts";
import { localProvider } from "./provider.ts";

serveProvider(localProvider(libraryVersion));
