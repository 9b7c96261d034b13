import { expect, test } from 'vitest';
import { EVENT_TYPES } from './domain-event.js';

test.each(Object.entries(EVENT_TYPES))(
  'OUT-2: %s is a noun and what happened, and opens with a sentence',
  (type, sentence) => {
    expect(type).toMatch(/^[a-z_]+\.[a-z_]+$/);
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  },
);
