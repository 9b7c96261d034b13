import { err, type Instant, invariant, ok, type Result } from '@tollbridge/core';
import { type Actor, Changes, type NewAuditEntry, type NumberDraw } from './changes.js';
import { businessNow } from './clock.js';
import type { Context } from './context.js';
import { isConflict } from './jobs/run-job.js';
import { type Problem, problem } from './problem.js';
import { commit } from './store/commit.js';
import { findIdempotencyRecord, type IdempotencyRecord, idempotencyKeysTable } from './store/idempotency.js';
import type { Environment } from './store/organizations.js';

/** Somebody asked for a write: who, where, and by which key it may be asked again. */
export interface Command {
  readonly environment: Environment;
  readonly actor: Actor;
  readonly idempotency: {
    readonly key: string;
    readonly requestHash: string;
    /** What was known under the key when the request came, read together with who sends it. */
    readonly record: IdempotencyRecord | null;
  } | null;
}

/** What the caller gets: kept under his idempotency key, so it is JSON already. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** The body holds a secret that is shown once: it is kept only sealed. */
  readonly isSecret?: boolean;
  /** The body is good for one use, such as a link: it is not kept at all, and a repetition has another one made. */
  readonly isMadeAnew?: boolean;
}

/** What a door decided. */
export interface Decision {
  readonly changes: Changes;
  readonly audit: readonly Omit<NewAuditEntry, 'environmentId' | 'id' | 'actor'>[];
  /**
   * `answer`: it is all done with this commit. `resumeWith`: the world must be asked next (see `perform.ts`); the id says
   * where to go on, now and when the same request comes again.
   */
  readonly outcome: { readonly answer: Answer } | { readonly resumeWith: string };
}

export interface Door {
  /** Loads and decides; runs again from the start when a row changed meanwhile. */
  decide(): Promise<Result<Decision, Problem>>;
  /** Performs what the intent asked of the world, and renders the outcome from the rows. */
  resume?(resourceId: string): Promise<Result<Answer, Problem>>;
}

/**
 * How often a decision is taken again because of others before the caller is told. Each time somebody else's was written, so
 * this many may write one row at the same moment and none of them is refused.
 */
const CONFLICTS_MAX = 50;

export const nowOf = (context: Context, command: { readonly environment: Environment }): Instant =>
  businessNow(context.clock, command.environment);

/**
 * The way of everything that is asked: load, decide, commit, with the caller's idempotency key in the same commit as the
 * effect. Two equal requests at once: one commits, the other finds its row and gives the same answer.
 */
export async function asked(context: Context, command: Command, door: Door): Promise<Result<Answer, Problem>> {
  for (let conflict = 0; conflict < CONFLICTS_MAX; conflict++) {
    const record = conflict === 0 ? (command.idempotency?.record ?? null) : await recordOf(context, command);
    if (record !== null) return answerAgain(context, command, door, record);
    const decided = await decideOnce(context, command, door);
    if (decided === 'changed') continue;
    if (!decided.ok) return refused(context, command, door, decided);
    const { outcome } = decided.value;
    if ('answer' in outcome) return ok(outcome.answer);
    return resume(context, command, door, outcome.resumeWith);
  }
  return err(
    problem('conflict_persisted', 'The object kept changing while this was decided. Nothing was done; try again.'),
  );
}

/** A refusal, unless it is the doing of the same request, which was done since this one came: then he gets its answer. */
async function refused(
  context: Context,
  command: Command,
  door: Door,
  refusal: Result<never, Problem>,
): Promise<Result<Answer, Problem>> {
  const record = await recordOf(context, command);
  return record === null ? refusal : answerAgain(context, command, door, record);
}

/** Decides and commits; `changed` when somebody wrote a row meanwhile, between two of the reads or before the commit. */
async function decideOnce(
  context: Context,
  command: Command,
  door: Door,
): Promise<Result<Decision, Problem> | 'changed'> {
  try {
    const decision = await door.decide();
    if (!decision.ok) return decision;
    const changes = completeChanges(context, command, decision.value);
    const number = await commit(context.db, changes, context.clock.machineNow());
    return changes.numberDraw === null || number === null
      ? decision
      : ok(withNumber(decision.value, changes.numberDraw, number));
  } catch (error) {
    if (isConflict(error)) return 'changed';
    throw error;
  }
}

/** The answer names the number that was drawn, as everything does that was written. */
function withNumber(decision: Decision, { standIn }: NumberDraw, number: string): Decision {
  if (!('answer' in decision.outcome)) return decision;
  const { answer } = decision.outcome;
  const body: unknown = JSON.parse(JSON.stringify(answer.body).replaceAll(standIn, number));
  return { ...decision, outcome: { answer: { ...answer, body } } };
}

async function recordOf(context: Context, command: Command): Promise<IdempotencyRecord | null> {
  if (command.idempotency === null) return null;
  return findIdempotencyRecord(context.db, command.environment.id, command.idempotency.key);
}

async function answerAgain(
  context: Context,
  command: Command,
  door: Door,
  record: IdempotencyRecord,
): Promise<Result<Answer, Problem>> {
  if (record.requestHash !== command.idempotency?.requestHash)
    return err(problem('idempotency_key_reused', 'This idempotency key was used with another request. Use a new key.'));
  if (record.status === 'done') return ok({ status: record.answerStatus ?? 200, body: openBody(context, record) });
  invariant(record.resourceId !== null, 'an open request knows where to go on');
  return resume(context, command, door, record.resourceId);
}

async function resume(
  context: Context,
  command: Command,
  door: Door,
  resourceId: string,
): Promise<Result<Answer, Problem>> {
  invariant(door.resume !== undefined, 'a decision that waits for the world has a way to go on');
  const answer = await door.resume(resourceId);
  // 202 says that the worker goes on; the final answer is kept only when there is one.
  if (answer.ok && answer.value.status !== 202 && answer.value.isMadeAnew !== true)
    await keepAnswer(context, command, answer.value);
  return answer;
}

async function keepAnswer(context: Context, command: Command, answer: Answer): Promise<void> {
  const record = await recordOf(context, command);
  if (record === null || record.status === 'done') return;
  const done = {
    ...record,
    status: 'done' as const,
    answerStatus: answer.status,
    answerBody: bodyToKeep(context, command, answer),
  };
  try {
    await commit(context.db, new Changes().update(idempotencyKeysTable, done), context.clock.machineNow());
  } catch (error) {
    // The same request, sent twice, finished twice: the other one kept the same answer.
    if (!isConflict(error)) throw error;
  }
}

interface SealedBody {
  readonly sealed: string;
}

function bodyToKeep(context: Context, command: Command, answer: Answer): unknown {
  if (answer.isSecret !== true) return answer.body;
  return { sealed: context.secrets.seal(JSON.stringify(answer.body), command.environment.id) } satisfies SealedBody;
}

function openBody(context: Context, record: IdempotencyRecord): unknown {
  const body = record.answerBody as SealedBody | null;
  if (body === null || typeof body !== 'object' || typeof body.sealed !== 'string') return record.answerBody;
  return JSON.parse(context.secrets.open(body.sealed, record.environmentId));
}

function completeChanges(context: Context, command: Command, decision: Decision): Changes {
  const { changes, audit, outcome } = decision;
  const environmentId = command.environment.id;
  for (const entry of audit)
    changes.note({ ...entry, environmentId, id: context.newId('auditEntry'), actor: command.actor });
  if (command.idempotency !== null) {
    const answer = 'answer' in outcome ? outcome.answer : null;
    changes.insert(idempotencyKeysTable, {
      environmentId,
      key: command.idempotency.key,
      requestHash: command.idempotency.requestHash,
      status: answer === null ? 'open' : 'done',
      resourceId: 'resumeWith' in outcome ? outcome.resumeWith : null,
      answerStatus: answer?.status ?? null,
      answerBody: answer === null ? null : bodyToKeep(context, command, answer),
      createdAt: context.clock.machineNow(),
      version: 1,
    });
  }
  return changes;
}
