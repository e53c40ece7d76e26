import { createHmac, timingSafeEqual } from "node:crypto";
import { hash32 } from "./router.ts";

/** Which arm of the comparison answered; `excluded`: pinned, failed over, a further request of a session, or no rollout. */
export type Arm = "stable" | "candidate" | "excluded";

export interface Prediction {
  readonly arm: Arm;
  /** The start of the process that issued it, and its number among that process's predictions. */
  readonly boot: string;
  readonly number: number;
  /** Of the label that the model answered with; empty when it gave none. */
  readonly labelHash: string;
}

const LETTERS = { stable: "s", candidate: "c", excluded: "x" } as const;
const ARMS: Readonly<Record<string, Arm>> = { s: "stable", c: "candidate", x: "excluded" };

export const hashLabel = (label: string): string => hash32(label).toString(36);

/**
 * Issues and recognises prediction ids without remembering them:
 * `<second>.<arm>.<boot>-<number>.<label hash>.<tag>`, where the tag proves second, arm and rollout. It is computed
 * once per second and arm, because a signature for each answer would cost more than the answer.
 */
export class PredictionIds {
  readonly #key: Buffer;
  readonly #boot: string;
  readonly #identity: () => string;
  #issued = 0;
  #second = -1;
  #prefixes = { stable: "", candidate: "", excluded: "" };
  #suffixes = { stable: "", candidate: "", excluded: "" };

  constructor(settings: { readonly key: Buffer; readonly startedAt: number; readonly identity: () => string }) {
    this.#key = settings.key;
    this.#boot = settings.startedAt.toString(36);
    this.#identity = settings.identity;
  }

  issue(arm: Arm, label: string | undefined, wallMs: number): string {
    const second = Math.floor(wallMs / 1000);
    if (second !== this.#second) this.#turnTo(second);
    this.#issued++;
    return `${this.#prefixes[arm]}${this.#issued.toString(36)}.${label === undefined ? "" : hashLabel(label)}${this.#suffixes[arm]}`;
  }

  /** Called when another rollout begins: tags name the rollout. */
  renew(): void {
    this.#second = -1;
  }

  /** What an id says, or why it is not believed. */
  recognise(id: string): Prediction | { readonly refused: string } {
    const parts = /^([0-9a-z]{1,12})\.([scx])\.([0-9a-z]{1,12})-([0-9a-z]{1,11})\.([0-9a-z]{0,7})\.([\w-]{16})$/.exec(
      id,
    );
    if (parts === null) return { refused: "not a prediction id" };
    const [, second = "", letter = "", boot = "", number = "", labelHash = "", tag = ""] = parts;
    const arm = ARMS[letter] ?? "excluded";
    const proof = this.#tag(Number.parseInt(second, 36), arm);
    if (!timingSafeEqual(Buffer.from(proof), Buffer.from(tag))) {
      return { refused: "the id is forged, or belongs to another rollout" };
    }
    const issued = Number.parseInt(number, 36);
    if (boot === this.#boot && issued > this.#issued) return { refused: "the id was never issued" };
    return { arm, boot, number: issued, labelHash };
  }

  #turnTo(second: number): void {
    this.#second = second;
    for (const arm of ["stable", "candidate", "excluded"] as const) {
      this.#prefixes[arm] = `${second.toString(36)}.${LETTERS[arm]}.${this.#boot}-`;
      this.#suffixes[arm] = `.${this.#tag(second, arm)}`;
    }
  }

  #tag(second: number, arm: Arm): string {
    const subject = `${second}.${arm}.${this.#identity()}`;
    return createHmac("sha256", this.#key).update(subject).digest("base64url").slice(0, 16);
  }
}
