import { beforeAll } from "vitest";
import { objectStoreSuite } from "../sources/object-store-suite.ts";
import { buildObjectStore } from "../sources/real-object-store.ts";

beforeAll(buildObjectStore, 1_800_000);

objectStoreSuite();
