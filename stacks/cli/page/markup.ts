import { printable, printableText } from "../printable.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeSpecial = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/** A name of a file's as text of a page: nothing in it is a tag, an attribute or a control character; at most 40 characters. */
export const escapeMarkup = (name: string): string => escapeSpecial(printable(name));

/** A sentence of ours, in which names of a file's may stand, as text of a page; of any length. */
export const escapeText = (text: string): string => escapeSpecial(printableText(text));
