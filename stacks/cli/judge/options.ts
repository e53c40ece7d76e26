import type { StackOptions } from "../options.ts";

/** What `mlc judge` is asked. */
export interface JudgeOptions extends StackOptions {
  readonly file?: string;
  readonly prometheus?: string;
  /** What the series are called. @default gateway */
  readonly series?: string;
  readonly versionLabel?: string;
  /** `label=value`. @default [] */
  readonly select?: readonly string[];
  readonly stable?: string;
  readonly candidate?: string;
  /** `metric=margin`. @default [] */
  readonly guard?: readonly string[];
  /** @default [] */
  readonly skip?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  /** In seconds. @default 60 */
  readonly interval?: string;
  readonly watch?: boolean;
  /** In seconds. */
  readonly timeout?: string;
  readonly out?: string;
  /** A port. */
  readonly serve?: string;
}
