import * as pulumi from "@pulumi/pulumi";
import type { LoadStore } from "../archive-store.ts";
import type { ToyArchiveDocument } from "./document.ts";

/** What keeps archives by `archive: { kind: toy }`. */
export const load: LoadStore<ToyArchiveDocument> = ({ shelf }) => ({
  store: (_context, { version }) => ({
    uri: pulumi.output(`toy://${shelf}/${version}`),
    manifestSha256: pulumi.output(""),
  }),
});
