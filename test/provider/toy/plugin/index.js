import { serveToy } from "../serve.ts";

serveToy();
