import type { Tollbridge } from '@tollbridge/sdk';
import type { HostApplication } from './host-application.js';
import type { StripeSide } from './stripe-side.js';

/** Everything the story is played with. */
export interface Stage {
  readonly tollbridge: Tollbridge;
  readonly host: HostApplication;
  readonly stripe: StripeSide;
  readonly stripeKey: string;
  readonly program: Program;
}

/** Prints the story as it goes. A step that was not seen to happen ends it. */
export class Program {
  steps = 0;
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  chapter(title: string): void {
    this.#write(`\n  ${title}\n`);
  }

  /** Does a step, and prints what was seen. */
  async step<Seen>(title: string, play: () => Promise<readonly [text: string, seen: Seen]>): Promise<Seen> {
    this.steps += 1;
    const begun = performance.now();
    try {
      const [text, seen] = await play();
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
      this.#write(`  ✓ ${title}  ${text === '' ? '' : `→ ${text} `}(${seconds} s)\n`);
      return seen;
    } catch (error) {
      this.#write(`  ✗ ${title}  → ${error instanceof Error ? error.message : String(error)}\n`);
      throw new StoryBroken();
    }
  }
}

/** A step did not happen; it was said already which. */
export class StoryBroken extends Error {}

export const WAIT_MILLISECONDS = 20_000;
const LOOK_MILLISECONDS = 100;

/** Looks again and again until it is so. */
export async function until<Seen>(what: string, look: () => Promise<Seen | null>): Promise<Seen> {
  const deadline = performance.now() + WAIT_MILLISECONDS;
  while (performance.now() < deadline) {
    const seen = await look();
    if (seen !== null) return seen;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  throw new Error(`${what} was not seen within ${WAIT_MILLISECONDS / 1_000} s`);
}

export function expect(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise);
}

/** The refusal that a call must meet; that it is done all the same breaks the story. */
export async function refusalOf(code: string, call: Promise<unknown>): Promise<{ message: string; details: object }> {
  const thrown = await call.then(
    () => null,
    (error: unknown) => error as { code?: string; message: string; details?: object },
  );
  if (thrown === null) throw new Error(`it was done, and should have been refused with "${code}"`);
  if (thrown.code !== code)
    throw new Error(`it was refused with "${thrown.code}" instead of "${code}": ${thrown.message}`);
  return { message: thrown.message, details: thrown.details ?? {} };
}
