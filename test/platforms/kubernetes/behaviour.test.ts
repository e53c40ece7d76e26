import { behaviour } from "../../conformance/behaviour.ts";
import { abilities, openKubernetes } from "./stage.ts";

behaviour("kubernetes, at a stand-in for an API server", abilities, openKubernetes);
