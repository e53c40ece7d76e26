import { extname } from "node:path";

/** How much of a file is looked at. */
export const HEAD_BYTES = 256;

/** What may stand behind the protocol: a frame, memory, marks, globals, containers and constants. */
const OPCODES = Buffer.from(
  "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95(]})cGIJKLMNSTUVX",
  "latin1",
);

const byName = new Set([".pkl", ".pickle", ".joblib"]);

/**
 * Whether loading the file would run code that stands in it: a pickle, by its first bytes or by its name (one that is
 * compressed, or of protocol 0, begins like anything); what PyTorch writes; an array of numpy that holds objects.
 * @param head its first bytes, at most `HEAD_BYTES`
 */
export function isPickle(path: string, head: Buffer): boolean {
  if (byName.has(extname(path).toLowerCase())) return true;
  // PROTO 2 to 5, then an opcode: https://github.com/python/cpython/blob/main/Lib/pickletools.py
  const [proto, version = 0, opcode = 0] = head;
  if (proto === 0x80 && version >= 2 && version <= 5 && OPCODES.includes(opcode)) return true;
  const text = head.toString("latin1");
  // A zip whose first entries include data.pkl: torch.save.
  if (text.startsWith("PK\x03\x04") && /(?:^|\/)data\.pkl/.test(text.slice(30))) return true;
  return text.startsWith("\x93NUMPY") && /'descr': '\|O'/.test(text);
}
