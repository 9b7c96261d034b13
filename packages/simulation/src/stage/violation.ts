/** Something that must never be. */
export interface Violation {
  /** Which promise was broken: the same words whenever it is that one, so that a shorter history can be told to break the same. */
  readonly rule: string;
  readonly text: string;
}

export const broken = (rule: string, texts: readonly string[]): Violation[] => texts.map((text) => ({ rule, text }));
