import { ID_PREFIXES, isId, isoFromInstant, type Noun } from '@tollbridge/core';
import { withoutSecrets } from '../log.js';
import type { DeadLetter } from '../store/dead-letters.js';

const NOUNS = Object.keys(ID_PREFIXES) as Noun[];

/** Without its payload, which may hold what is personal: of that only the ids of our objects are shown. */
export const deadLetterToJson = (letter: DeadLetter) => ({
  object: 'dead_letter' as const,
  id: letter.id,
  lane: letter.lane,
  kind: letter.kind,
  connection_id: letter.connectionId,
  object_ids: Object.values(letter.payload).filter(isIdOfOurs),
  attempts: letter.attempts,
  // Cleaned when it was stored, too; what an older version stored was not.
  last_error:
    letter.lastError === null
      ? null
      : { code: letter.lastError.code, message: withoutSecrets(letter.lastError.message) },
  created_at: isoFromInstant(letter.createdAt),
  first_attempt_at: letter.firstAttemptAt === null ? null : isoFromInstant(letter.firstAttemptAt),
  dead_at: isoFromInstant(letter.deadAt),
});

const isIdOfOurs = (value: unknown): value is string =>
  typeof value === 'string' && NOUNS.some((noun) => isId(noun, value));
