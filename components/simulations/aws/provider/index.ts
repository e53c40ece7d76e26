import { serveProvider } from "../../../provider/serve.ts";
import { simulatedProvider } from "./provider.ts";

serveProvider(simulatedProvider());
