/** What a cluster has to know of a model server. One file each, with where the facts are from. No image: a version of a server is the team's choice, and its digest stands in the document. */
export interface ModelServer {
  /** How people call it. */
  readonly title: string;
  /** Where predictions are asked for by HTTP. */
  readonly port: number;
  /** A path that answers 200 when the model can be asked, and not before; `{model}` stands for its name. */
  readonly ready: string;
  /** A path that answers 200 while the server need not be started anew. */
  readonly live: string;
  /** What it is started with; `{model}` and `{mount}` are filled in. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it looks for the model's files. */
  readonly mount: string;
  /** What it speaks: the Open Inference Protocol, or its own. */
  readonly protocol: "open-inference" | "torchserve" | "openai";
  /** Where its own metrics are; absent: it has none. */
  readonly metrics?: { readonly port: number; readonly path: string };
}
