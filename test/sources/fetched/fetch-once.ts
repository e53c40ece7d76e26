// Fetches one file into a store, as a process of its own that a test may kill: root, address, length, sha256.
import { openContentStore } from "../../../components/sources/fetched/content-store.ts";
import { fetchBlob } from "../../../components/sources/fetched/fetch-blob.ts";

const [root = "", url = "", bytes = "", sha256 = ""] = process.argv.slice(2);
const fetching = { store: openContentStore(root), place: "test", arrived: () => {} };
await fetchBlob(fetching, { path: "f", bytes: Number(bytes), hash: sha256, request: () => ({ url }) });
