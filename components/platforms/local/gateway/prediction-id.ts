import { type Cipher, createCipheriv, createDecipheriv, createHash, type Decipher } from "node:crypto";
import { hash32 } from "./router.ts";

/** Which arm of the comparison answered; `excluded`: pinned, failed over, or no rollout. */
export type Arm = "stable" | "candidate" | "excluded";

/** What a prediction id says. */
export interface Prediction {
  readonly arm: Arm;
  /** The start of the process that issued it, and its number among that process's predictions. */
  readonly boot: string;
  readonly number: number;
  /** Of the label that the model answered with; undefined when it gave none. */
  readonly labelHash: number | undefined;
}

const ARMS: readonly Arm[] = ["stable", "candidate", "excluded"];
const ID_BYTES = 16;
const NO_LABEL = 0;

/** Never 0, which stands for no label. */
export const hashLabel = (label: string): number => hash32(label) & 0xffff || 1;

/**
 * Issues and recognises prediction ids without remembering them. An id is one AES block under the gateway's key: rollout
 * (32 bits), start of the process (32), number (40), label (16) and arm (8). Whoever makes one up hits a valid rollout
 * and arm in one of 10^11 tries, and can read or change nothing in one that he was given.
 */
export class PredictionIds {
  /** Blocks stand alone in this mode, so that one of each is enough. */
  readonly #cipher: Cipher;
  readonly #decipher: Decipher;
  readonly #boot: number;
  readonly #identity: () => string;
  #tag: number | undefined;
  #issued = 0;

  constructor(settings: { readonly key: Buffer; readonly startedAt: number; readonly identity: () => string }) {
    const key = createHash("sha256").update("prediction id").update(settings.key).digest().subarray(0, ID_BYTES);
    this.#cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
    this.#decipher = createDecipheriv("aes-128-ecb", key, null).setAutoPadding(false);
    // Tenths of a second: two processes that follow each other must not share it.
    this.#boot = Math.floor(settings.startedAt / 100) % 2 ** 32;
    this.#identity = settings.identity;
  }

  /** Number of the last prediction. */
  get issued(): number {
    return this.#issued;
  }

  /** Whether this process has issued a prediction's id. */
  isOwn({ boot }: Prediction): boolean {
    return boot === String(this.#boot);
  }

  issue(arm: Arm, label: string | undefined): string {
    this.#issued++;
    const block = Buffer.alloc(ID_BYTES);
    block.writeUInt32BE(this.#rollout(), 0);
    block.writeUInt32BE(this.#boot, 4);
    block.writeUIntBE(this.#issued, 8, 5);
    block.writeUInt16BE(label === undefined ? NO_LABEL : hashLabel(label), 13);
    block.writeUInt8(ARMS.indexOf(arm), 15);
    return this.#cipher.update(block).toString("base64url");
  }

  /** Called when another rollout begins: ids belong to one. */
  renew(): void {
    this.#tag = undefined;
  }

  /** What an id says, or why it is not believed. */
  recognise(id: string): Prediction | { readonly refused: string } {
    if (!/^[\w-]{22}$/.test(id)) return { refused: "not a prediction id" };
    const sealed = Buffer.from(id, "base64url");
    const block = this.#decipher.update(sealed);
    const arm = ARMS[block.readUInt8(15)];
    const boot = block.readUInt32BE(4);
    const number = block.readUIntBE(8, 5);
    if (block.readUInt32BE(0) !== this.#rollout() || arm === undefined || boot > this.#boot) {
      return { refused: "the id is forged, or belongs to another rollout" };
    }
    if (boot === this.#boot && number > this.#issued) return { refused: "the id was never issued" };
    const label = block.readUInt16BE(13);
    return { arm, boot: String(boot), number, labelHash: label === NO_LABEL ? undefined : label };
  }

  #rollout(): number {
    this.#tag ??= createHash("sha256").update(this.#identity()).digest().readUInt32BE(0);
    return this.#tag;
  }
}
