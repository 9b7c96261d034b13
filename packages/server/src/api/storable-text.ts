import type { FastifyInstance } from 'fastify';
import { problem } from '../problem.js';
import { textFromUtf8 } from '../utf8.js';
import { ADDRESS_NOT_UTF8, ProblemAnswer, paramOf } from './errors.js';

/** Nothing of ours nests deeper than a handful; what walks a body calls itself, and a stack is no match for 1 MB of `[`. */
const DEPTH_MAX = 32;

/**
 * Bodies are JSON, which is UTF-8 and nothing else (RFC 8259, 8.1): what is not would be read as another text, and two names
 * become one. The framework would take plain text as well.
 */
export function readBodiesAsJson(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const text = textFromUtf8(bytes);
    if (text === null) return done(new ProblemAnswer(problem('encoding_invalid', 'The body is not in UTF-8.')));
    return parse(request, text, done);
  });
}

/**
 * Refuses text that no database of ours can hold: PostgreSQL's text knows neither NUL nor half of a surrogate pair
 * (postgresql.org/docs/15/datatype-json.html). Without this such a request would end as a fault of ours; so would one
 * that is nested deeper than anybody can walk.
 */
export function installTextRefusal(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (!isDecodable(request.url)) throw new ProblemAnswer(problem('encoding_invalid', ADDRESS_NOT_UTF8));
  });
  app.addHook('preValidation', async (request) => {
    const { body, query, params } = request;
    for (const part of [params, query, body]) {
      const found = firstFault(part, []);
      if (found === null) continue;
      const param = paramOf(found.path);
      const subject = param === '' ? 'The request' : `The parameter ${param}`;
      throw new ProblemAnswer(problem('parameter_invalid', `${subject} ${found.what}.`, param === '' ? {} : { param }));
    }
  });
}

/** What cannot be decoded, the framework would take as it stands; bare bytes beyond ASCII, Node refuses itself. */
function isDecodable(address: string): boolean {
  try {
    decodeURIComponent(address);
    return true;
  } catch {
    return false;
  }
}

const UNSTORABLE = /\0|\p{Surrogate}/u;

interface Fault {
  readonly path: readonly string[];
  readonly what: string;
}

/** Where the first thing stands that cannot be taken; null when there is none. A body is at most 1 MB, which bounds the walk. */
function firstFault(value: unknown, path: readonly string[]): Fault | null {
  if (typeof value === 'string') return UNSTORABLE.test(value) ? { path, what: NO_CHARACTER } : null;
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return null;
  if (path.length >= DEPTH_MAX) return { path: path.slice(0, 1), what: `is nested deeper than ${DEPTH_MAX} levels` };
  for (const [name, part] of Object.entries(value)) {
    const found = UNSTORABLE.test(name) ? { path, what: NO_CHARACTER } : firstFault(part, [...path, name]);
    if (found !== null) return found;
  }
  return null;
}

const NO_CHARACTER = 'holds a character that is none';
