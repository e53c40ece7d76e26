import { behaviour } from "../../conformance/behaviour.ts";
import { abilities, openLocal } from "./stage.ts";

behaviour("local", abilities, openLocal);
