import { statementsUnderWay } from '../test-databases.js';

/** As far as a report needs the world. */
interface Standing {
  readonly history: readonly string[];
  readonly universe: { readonly scheduler: { readonly goingOn: string | null; readonly waiting: readonly string[] } };
}

const WAITING_LINES = 5;

/**
 * Node ends without a word when all that is left waits for something that nothing will bring any more. Then this says which
 * seed it was and who waits: with no more than that its end can be explained.
 */
export async function toldIfNeverEnded<T>(what: string, standing: Standing, play: () => Promise<T>): Promise<T> {
  const tell = () => process.stderr.write(`${neverEnded(what, standing)}\n`);
  process.once('exit', tell);
  try {
    return await play();
  } finally {
    process.off('exit', tell);
  }
}

export function neverEnded(what: string, { history, universe: { scheduler } }: Standing): string {
  const lines = {
    latest: history.at(-1) ?? 'nothing yet',
    going_on: scheduler.goingOn ?? 'nobody',
    asked: statementsUnderWay().join(' | ') || 'nothing of the database',
    waiting: scheduler.waiting.slice(0, WAITING_LINES).join(' | ') || 'nobody',
  };
  return [
    `${what} never ended: it waits for something that nothing brings`,
    ...Object.entries(lines).map(([name, line]) => `  ${name}: ${line}`),
  ].join('\n');
}
