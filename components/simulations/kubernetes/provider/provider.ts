import { randomBytes } from "node:crypto";
import { env } from "node:process";
import type { Place } from "../../../provider/place.ts";
import type { Properties } from "../../../provider/properties.ts";
import { ResourceProvider } from "../../../provider/provider.ts";
import { nameIn, typeOf } from "../../../provider/urn.ts";
import { type Kind, kinds } from "../api/kinds.ts";
import { recordOf } from "../api/object.ts";
import { isAutonamed } from "./annotations.ts";
import { type ClusterVariables, type Connection, connectionBy } from "./connection.ts";
import { objectKind } from "./kind.ts";

/** The version of the SDK whose behaviour is simulated: the engine warns of an older provider. */
const VERSION = "4.34.2";

/** As types of the SDK name it: `core/v1:ConfigMap`. */
const typeNameOf = ({ group, version, kind }: Kind): string => `${group === "" ? "core" : group}/${version}:${kind}`;

const byType = new Map(kinds.map((kind) => [typeNameOf(kind), kind]));

/** The provider `kubernetes` for unmodified programs, on a cluster that the environment names. */
export function simulatedProvider(variables: ClusterVariables = env): ResourceProvider<Connection> {
  return new ResourceProvider({
    name: "kubernetes",
    version: VERSION,
    kinds: Object.fromEntries([...byType].map(([type, kind]) => [type, objectKind(kind)])),
    place: clusterPlace(variables),
  });
}

function clusterPlace(variables: ClusterVariables): Place<Connection> {
  let opened: Connection | undefined;
  const open = (): Connection => {
    opened ??= connectionBy(variables);
    return opened;
  };
  return {
    here: "in this cluster",
    marks: () => ({}),
    open,
    find: open,
    idOf: ({ name }) => name,
    locate: (_type, id) => ({ name: id, properties: {} }),
    settle: (urn, news, olds) => ({ inputs: named(byType.get(typeOf(urn)), nameIn(urn), news, olds), failures: [] }),
  };
}

const RANDOM_BYTES = 4;

/** An object with a name and a namespace. A made-up name stays as long as the object does. */
function named(kind: Kind | undefined, own: string, news: Properties, olds: Properties | undefined): Properties {
  const metadata = recordOf(news.metadata);
  const before = recordOf(recordOf(olds).metadata);
  const whole = kind?.namespaced ? { namespace: "default", ...metadata } : metadata;
  if (metadata.name !== undefined || metadata.generateName !== undefined) return { ...news, metadata: whole };
  const isKept = olds !== undefined && isAutonamed(olds);
  const name = isKept ? before.name : `${own}-${randomBytes(RANDOM_BYTES).toString("hex")}`;
  const annotations = { ...recordOf(metadata.annotations), "pulumi.com/autonamed": "true" };
  return { ...news, metadata: { ...whole, name, annotations } };
}
