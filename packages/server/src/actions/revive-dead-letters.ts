import { err, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { deadLetterToJson } from '../json/dead-letter.js';
import { type Problem, problem } from '../problem.js';
import { type DeadLetterFilter, findDeadLetter, listDeadLettersToRevive } from '../store/dead-letters.js';

/** How many dead letters one call puts back to work; the answer says whether there are more. */
export const REVIVE_BATCH_MAX = 500;

/** Puts one dead letter back to work, with all its attempts before it, behind whatever took its place meanwhile. */
export function reviveDeadLetter(context: Context, command: Command, id: string): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const letter = await findDeadLetter(context.db, command.environment.id, id);
      if (letter === null) return err(problem('not_found', 'There is no such dead letter.'));
      const before = deadLetterToJson(letter);
      return ok({
        changes: new Changes().revive(letter),
        audit: [{ action: 'dead_letter.revived', objectKind: 'dead_letter', objectId: id, before, after: null }],
        outcome: { answer: { status: 200, body: { object: 'dead_letter_revival', revived: 1, has_more: false } } },
      });
    },
  });
}

/** Puts all dead letters of a kind and a lane, or all there are, back to work: the oldest first, a batch a call. */
export function reviveDeadLetters(
  context: Context,
  command: Command,
  filter: DeadLetterFilter,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, {
    async decide() {
      const environmentId = command.environment.id;
      const limit = REVIVE_BATCH_MAX + 1;
      const found = await listDeadLettersToRevive(context.db, environmentId, { ...filter, limit });
      const letters = found.slice(0, REVIVE_BATCH_MAX);
      const entry = {
        action: 'dead_letters.revived',
        objectKind: 'environment',
        objectId: environmentId,
        before: null,
        after: { ...filter, revived: letters.length, ids: letters.map(({ id }) => id) },
      };
      const hasMore = found.length > REVIVE_BATCH_MAX;
      return ok({
        changes: new Changes().revive(...letters),
        audit: [entry],
        outcome: {
          answer: {
            status: 200,
            body: { object: 'dead_letter_revival', revived: letters.length, has_more: hasMore },
          },
        },
      });
    },
  });
}
