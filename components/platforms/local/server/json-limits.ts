import { InputError } from "../../../models/errors.ts";

/** Smaller bodies cannot cost much, whatever they are made of. */
const SMALL_CHARACTERS = 64 * 1024;

/** What a large body may be made of: the largest batches, flat or nested. Two characters of text can be 100 bytes of memory. */
const MOST_DEEP = 32;
const MOST_LISTS = 300_000;
const MOST_KEYS = 10_000;
const MOST_STRINGS = 150_000;

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Counts what a body is made of before it is parsed.
 * @throws InputError naming what there is too much of
 */
export function checkJsonParts(body: string): void {
  if (body.length <= SMALL_CHARACTERS) return;
  let [deep, lists, keys, strings] = [0, 0, 0, 0];
  for (let at = 0; at < body.length; at += 1) {
    switch (body.charCodeAt(at)) {
      case QUOTE:
        strings += 1;
        if (strings > MOST_STRINGS) throw tooMuch(`more than ${MOST_STRINGS} strings`);
        at = endOfString(body, at);
        break;
      case LIST:
      case OBJECT:
        deep += 1;
        lists += 1;
        if (deep > MOST_DEEP) throw tooMuch(`lists and objects more than ${MOST_DEEP} deep`);
        if (lists > MOST_LISTS) throw tooMuch(`more than ${MOST_LISTS} lists and objects`);
        break;
      case LIST_END:
      case OBJECT_END:
        deep -= 1;
        break;
      case COLON:
        keys += 1;
        if (keys > MOST_KEYS) throw tooMuch(`more than ${MOST_KEYS} keys`);
        break;
    }
  }
}

const tooMuch = (what: string): InputError => new InputError(`the body has ${what}, which no batch needs`);

function endOfString(body: string, start: number): number {
  for (let at = start + 1; at < body.length; at += 1) {
    const code = body.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return body.length;
}
