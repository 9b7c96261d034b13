import { escapeHtml } from '../pages/layout.js';

/** Text that is HTML already. Nothing but `html` makes it, so that whatever else is put into a page is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = Html | string | number | null | readonly Part[];

/** A piece of a page: what is written in the code is HTML, what is put in between is text, and null is nothing. */
export const html = (pieces: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(pieces.map((piece, position) => piece + textOf(parts[position] ?? null)).join(''));

const textOf = (part: Part): string => {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(textOf).join('\n');
  return escapeHtml(String(part));
};
