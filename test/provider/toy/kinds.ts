import { NotReady, type ResourceKind } from "../../../components/provider/kind.ts";
import type { Properties } from "../../../components/provider/properties.ts";

/** What a cloud of two kinds holds, and what was done to it. */
export interface World {
  readonly things: Map<string, Properties>;
  readonly done: string[];
}

export interface BucketInputs {
  readonly name: string;
  readonly content: string;
  readonly region?: string;
  readonly size?: number;
  readonly note?: string;
  readonly password?: string;
}

export interface BucketState extends BucketInputs {
  readonly arn: string;
  readonly key: string;
}

const arnOf = ({ name }: BucketInputs): string => `toy://${name}`;

const put = (world: World, verb: string, inputs: BucketInputs): BucketState => {
  world.done.push(`${verb} ${inputs.name}: ${inputs.content}`);
  const state = { ...inputs, arn: arnOf(inputs), key: `key of ${inputs.name}` };
  world.things.set(arnOf(inputs), { ...state });
  return state;
};

/** Everything that a kind may say. Its first version called the content `sha256`. */
export const bucket: ResourceKind<BucketInputs, BucketState, World> = {
  replaces: ["name", "region"],
  ignores: ["note"],
  computed: ["arn", "key"],
  secrets: ["key"],
  defaults: { region: "north", size: 1 },
  nameOf: ({ name }) => name,
  idOf: ({ arn }) => arn,
  upgrade({ sha256, ...old }) {
    return sha256 === undefined ? old : { content: sha256, ...old };
  },
  checkKnown: ({ size = 1, content }) => [
    ...(size > 9 ? [`size: seen ${size}; allowed: at most 9. Make it smaller.`] : []),
    ...(content === "" ? ["content: seen nothing; allowed: some. Give it some."] : []),
  ],
  check: async (_world, { content }, olds) =>
    olds?.content === "fixed" && content !== "fixed" ? [`content: seen ${content}; allowed: fixed. Leave it.`] : [],
  create: async (world, inputs) => put(world, "create", inputs),
  async read(world, state) {
    world.done.push(`read ${state.name}: ${state.content}`);
    const thing = world.things.get(state.arn);
    return thing && { ...state, ...thing };
  },
  async import(world, id) {
    const thing = world.things.get(id);
    if (thing === undefined) return undefined;
    const { name, content, region, size } = thing as Required<BucketInputs>;
    const inputs = { name, content, region, size };
    return { inputs, state: { ...inputs, arn: id, key: `key of ${name}` } };
  },
  stands: (world, { arn }) => world.things.has(arn),
  update: async (world, news, olds) => put(world, `update (was ${olds.content})`, news),
  async delete(world, { arn, name, content }) {
    world.done.push(`delete ${name}: ${content}`);
    world.things.delete(arn);
  },
};

export interface QueueInputs {
  readonly target: string;
  readonly jams?: boolean;
}

/** Its name can be had once, it takes long to make, and nothing of it is kept but what was asked for. */
export const queue: ResourceKind<QueueInputs, QueueInputs, World> = {
  replaces: ["target"],
  deleteBeforeReplace: true,
  nameOf: ({ target }) => target,
  async create(world, inputs) {
    world.done.push(`create queue to ${inputs.target}`);
    world.things.set(`queue ${inputs.target}`, { ...inputs });
    if (inputs.jams) throw new NotReady(inputs, ["it is jammed after 3 of 5 steps"]);
    return inputs;
  },
  read: async (world, state) => (world.things.has(`queue ${state.target}`) ? state : undefined),
  async delete(world, { target }) {
    world.done.push(`delete queue to ${target}`);
    world.things.delete(`queue ${target}`);
  },
};
