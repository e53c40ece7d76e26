import { local } from "../../components/platforms/local/index.ts";
import { conformance } from "./platform.ts";
import { weak } from "./toy/platform.ts";

conformance("local", () => local());
conformance("weak: slots of 10 %, two versions, no copies, not sticky", weak);
