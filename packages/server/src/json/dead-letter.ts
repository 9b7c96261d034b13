import { ID_PREFIXES, isId, isoFromInstant, type Noun } from '@tollbridge/core';
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
  last_error: letter.lastError,
  created_at: isoFromInstant(letter.createdAt),
  first_attempt_at: letter.firstAttemptAt === null ? null : isoFromInstant(letter.firstAttemptAt),
  dead_at: isoFromInstant(letter.deadAt),
});

const isIdOfOurs = (value: unknown): value is string =>
  typeof value === 'string' && NOUNS.some((noun) => isId(noun, value));
