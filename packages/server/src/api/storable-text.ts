import type { FastifyInstance } from 'fastify';
import { problem } from '../problem.js';
import { ProblemAnswer } from './errors.js';

/**
 * Refuses text that no database of ours can hold: PostgreSQL's text knows neither NUL nor half of a surrogate pair
 * (postgresql.org/docs/15/datatype-json.html). Without this such a request would end as a fault of ours.
 */
export function installTextRefusal(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    const { body, query, params } = request;
    for (const part of [params, query, body]) {
      const path = unstorablePath(part, []);
      if (path === null) continue;
      const [first = '', ...rest] = path;
      const param = first + rest.map((step) => `[${step}]`).join('');
      throw new ProblemAnswer(
        problem('parameter_invalid', `The parameter ${param} holds a character that is none.`, { param }),
      );
    }
  });
}

const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Where the first such text stands; null when there is none. A body is at most 1 MB, which bounds the walk. */
function unstorablePath(value: unknown, path: readonly string[]): readonly string[] | null {
  if (typeof value === 'string') return UNSTORABLE.test(value) ? path : null;
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return null;
  for (const [name, part] of Object.entries(value)) {
    const found = UNSTORABLE.test(name) ? path : unstorablePath(part, [...path, name]);
    if (found !== null) return found;
  }
  return null;
}
