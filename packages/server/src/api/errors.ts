import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Context } from '../context.js';
import type { Logger } from '../log.js';
import { type Problem, problem } from '../problem.js';
import { PROBLEMS } from '../problems/index.js';
import { DatabaseUnavailable } from '../store/database.js';
import { invoicePageHeaders, noInvoicePageHtml } from './invoice-page.js';

type Logging = Pick<Context, 'log'>;

/** Thrown by hooks to refuse a request; routes give their refusals as values (`send`). */
export class ProblemAnswer extends Error {
  readonly problem: Problem;
  readonly retryAfterSeconds: number | null;
  constructor(refusal: Problem, retryAfterSeconds: number | null = null) {
    super(refusal.message);
    this.problem = refusal;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Below it a person in a browser asks: that an address leads nowhere, or is none, he is told by a page. */
const PAY_ADDRESS = /^\/pay(?:[/?]|$)/;

/** The error envelope (API-1). A code without an entry in the table is a fault of ours. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, refusal: Problem): FastifyReply {
  const kind = PROBLEMS[refusal.code];
  if (PAY_ADDRESS.test(request.url) && (kind?.status === 400 || kind?.status === 404))
    // That page has no form, so nothing is to be allowed for a laptop without TLS.
    return reply.status(404).headers(invoicePageHeaders(true)).send(noInvoicePageHtml());
  if (kind === undefined) request.log.error({ code: refusal.code }, 'a refusal has no entry in the table of problems');
  return reply.status(kind?.status ?? 500).send({
    error: {
      type: kind?.type ?? 'internal',
      code: refusal.code,
      message: refusal.message,
      param: refusal.param ?? null,
      ...(refusal.details === undefined ? {} : { details: refusal.details }),
      doc_url: `/docs/errors#${refusal.code}`,
      request_id: request.id,
    },
  });
}

export function installErrorAnswers(app: FastifyInstance, context: Logging): void {
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      request,
      reply,
      problem('route_unknown', `There is no ${request.method} ${shortened(request.url.split('?')[0] ?? '')}.`),
    ),
  );
  app.setErrorHandler(refuseWith(context));
}

/** Answers what was thrown; what nobody planned for is written into the log. */
export const refuseWith =
  (context: Logging) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (!(error instanceof ProblemAnswer))
      return sendProblem(request, reply, refusalOf(error, { request, log: context.log }));
    if (error.retryAfterSeconds !== null) reply.header('retry-after', String(error.retryAfterSeconds));
    return sendProblem(request, reply, error.problem);
  };

/** What came over the socket was no HTTP, so there is no request to answer: the envelope is written by hand. */
export function answerBrokenRequest(error: { readonly code?: string }, socket: Socket): void {
  // The caller went away; there is nobody to tell.
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  // Behind an answer that stands, another one would be taken for its end, or for that of a request never made.
  if (socket.bytesWritten > 0) return void socket.end();
  const { code, message } = problem('request_malformed', 'This is not an HTTP request that can be read.');
  const doc_url = `/docs/errors#${code}`;
  const body = JSON.stringify({
    error: { type: 'invalid_request', code, message, param: null, doc_url, request_id: null },
  });
  const head = ['HTTP/1.1 400 Bad Request', 'Content-Type: application/json', 'Connection: close'];
  socket.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** One of the two places where a thrown error is caught (the other is the worker). */
function refusalOf(
  error: FastifyError,
  { request, log }: { readonly request: FastifyRequest; readonly log: Logger },
): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) return refusalOfValidation(error);
  if (error instanceof DatabaseUnavailable) {
    log.error({ error, requestId: request.id }, 'the database is away');
    return problem(
      'database_unavailable',
      'The database is away for the moment. Try again, with the same Idempotency-Key if it was a write.',
    );
  }
  const known = FASTIFY_CODES[error.code];
  if (known !== undefined) return problem(known, MESSAGES[known] ?? error.message);
  if (error.statusCode === 400) return problem('request_malformed', 'The body could not be read as JSON.');
  log.error({ error, requestId: request.id }, 'a request failed');
  return problem('internal_error', 'Something is wrong on our side. Quote the request id when you report it.');
}

/** Said by the router for a path that it cannot decode, and by us for the rest of the address. */
export const ADDRESS_NOT_UTF8 = 'The address is not percent-encoded UTF-8.';

const FASTIFY_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content_type_unsupported',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request_malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request_malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request_malformed',
  FST_ERR_BAD_URL: 'encoding_invalid',
  FST_ERR_MAX_PARAM_LENGTH: 'route_unknown',
};

const MESSAGES: Readonly<Record<string, string>> = {
  body_too_large: 'The body is larger than 1 MB.',
  content_type_unsupported: 'Send the body as "Content-Type: application/json".',
  encoding_invalid: ADDRESS_NOT_UTF8,
  request_malformed: 'The body could not be read as JSON.',
  route_unknown: 'There is no such address.',
};

interface Issue {
  readonly code?: string;
  readonly path: readonly (string | number)[];
  readonly keys?: readonly string[];
  readonly message?: string;
  readonly input?: unknown;
}

interface ValidationEntry {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: { readonly issue?: Issue; readonly unrecognized_keys?: readonly string[] };
}

/** The first thing wrong, with its full path, in the form a caller wrote it: `lines[0][quantity]`. */
function refusalOfValidation(error: FastifyError): Problem {
  const [entry] = error.validation as unknown as ValidationEntry[];
  if (entry === undefined) return problem('parameter_invalid', error.message);
  const path = entry.instancePath.split('/').filter((part) => part !== '');
  if (entry.keyword === 'unrecognized_keys') {
    const unknown = entry.params.issue?.keys?.[0] ?? unknownKeyOf(entry.message);
    const param = paramOf([...path, ...(unknown === undefined ? [] : [unknown])]);
    return problem('parameter_unknown', `The parameter ${param} is unknown here.`, { param });
  }
  const param = paramOf(path);
  const missing = /received undefined/.test(entry.message ?? '');
  if (missing) return problem('parameter_missing', `The parameter ${param} is required.`, { param });
  if (param === '') return problem('parameter_invalid', 'A JSON object is needed as the body.');
  return problem('parameter_invalid', `The parameter ${param} is not valid: ${entry.message ?? ''}`, { param });
}

const unknownKeyOf = (message: string | undefined): string | undefined => /"([^"]+)"/.exec(message ?? '')?.[1];

/** Whoever sends a name of a megabyte does not get it back. */
const PARAM_CHARACTERS_MAX = 200;

/** The path to a parameter in the form a caller wrote it, such as `lines[0][quantity]`. */
export function paramOf(path: readonly string[]): string {
  const [first = '', ...rest] = path;
  return shortened(first + rest.map((step) => `[${step}]`).join(''));
}

/** Cut between the two halves of a character, neither is one. */
const HALF_AT_END = /\p{Surrogate}$/u;

const shortened = (text: string): string =>
  text.length <= PARAM_CHARACTERS_MAX ? text : `${text.slice(0, PARAM_CHARACTERS_MAX).replace(HALF_AT_END, '')}…`;
