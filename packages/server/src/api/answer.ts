import { createHash } from 'node:crypto';
import type { Result } from '@tollbridge/core';
import { invariant } from '@tollbridge/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, Command } from '../asked.js';
import { type Problem, problem } from '../problem.js';
import type { Page } from '../store/pages.js';
import type { Caller } from './auth.js';
import { ProblemAnswer, sendProblem } from './errors.js';

const IDEMPOTENCY_KEY = /^[\x21-\x7e][\x20-\x7e]{0,254}$/;

export function callerOf(request: FastifyRequest): Caller {
  invariant(request.caller !== null, 'only routes with a scope ask who is calling');
  return request.caller;
}

/** The write as the doors know it: who asks, where, and under which idempotency key. */
export function commandOf(request: FastifyRequest): Command {
  const { environment, actor, record } = callerOf(request);
  const key = request.headers['idempotency-key'];
  if (key === undefined) return { environment, actor, idempotency: null };
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key))
    throw new ProblemAnswer(
      problem('idempotency_key_invalid', 'An idempotency key has 1 to 255 printable ASCII characters.'),
    );
  return { environment, actor, idempotency: { key, requestHash: hashOfRequest(request), record } };
}

/** The same method, address and body are the same request, whatever the order of the body's fields. */
function hashOfRequest(request: FastifyRequest): string {
  const text = `${request.method} ${request.url} ${canonicalJson(request.body ?? null)}`;
  return createHash('sha256').update(text).digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Sends what a door answered, or why it refused. */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  result: Result<Answer, Problem>,
): FastifyReply {
  if (!result.ok) return sendProblem(request, reply, result.error);
  return reply.status(result.value.status).send(result.value.body);
}

/** Sends an object that was read, or 404: an id of another environment is as unknown as one that never was. */
export function sendFound(request: FastifyRequest, reply: FastifyReply, body: unknown | null): FastifyReply {
  if (body === null) return sendProblem(request, reply, problem('not_found', 'There is no such object.'));
  return reply.send(body);
}

/** Sends a page of a list in the envelope of API-1. */
export function sendPage<Item>(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page<Item> | null,
  toJson: (item: Item) => unknown,
): FastifyReply {
  if (page === null)
    return sendProblem(request, reply, problem('cursor_unknown', 'The cursor names nothing in this list.'));
  return reply.send({ object: 'list', data: page.items.map(toJson), has_more: page.hasMore });
}
