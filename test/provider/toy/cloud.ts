import type { Place, Records, ResourceRecord, Subject } from "../../../components/provider/place.ts";
import { ResourceProvider } from "../../../components/provider/provider.ts";
import { bucket, queue, type World } from "./kinds.ts";

/** A cloud that says itself what it holds, unless records are kept of it. */
export const placeIn = (world: World, records?: Records): Place<World> => ({
  here: "in this cloud",
  marks: () => ({ cloud: "one" }),
  open: () => world,
  find: (_subject, { cloud = "one" }) => (cloud === "one" ? world : undefined),
  idOf: ({ type, name }) => `${type} ${name}`,
  locate: (_type, id) => ({ name: id, properties: {} }),
  ...(records === undefined ? {} : { records }),
});

/** Records in memory, by the name of what they are about. */
export function recordsIn(kept: Map<string, ResourceRecord>): Records {
  const keyOf = ({ type, name }: Subject): string => `${type} ${name}`;
  return {
    read: (subject) => kept.get(keyOf(subject)),
    write: (subject, record) => void kept.set(keyOf(subject), record),
    remove: (subject) => void kept.delete(keyOf(subject)),
    standing: (subject) => kept.get(keyOf(subject)),
    taken: ({ name }, owner) => `${name} belongs to ${owner}`,
  };
}

export const cloudProvider = (place: Place<World>): ResourceProvider<World> =>
  new ResourceProvider({ name: "toy", version: "1.0.0", kinds: { Bucket: bucket, "mq/queue:Queue": queue }, place });
