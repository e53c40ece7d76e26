import { refusal } from "../../kit/index.ts";
import type { LoadStore } from "../archive-store.ts";

/** What keeps archives by `archive: { kind: local }`: the platform itself. */
export const load: LoadStore = ({ kind }, platform) => {
  return (
    platform.archive ?? {
      store: () => {
        throw refusal(
          `archive.kind: seen "${kind}", which the platform keeps by itself, and platform ${platform.kind}, which keeps none; allowed: a kind of archive that is kept elsewhere. Name another kind, or remove archive.`,
        );
      },
    }
  );
};
