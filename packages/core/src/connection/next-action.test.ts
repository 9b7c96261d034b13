import { expect, test } from 'vitest';
import { nextActionOf } from './next-action.js';
import { CONNECTION_REASONS, type ConnectionReason } from './states.js';

test('whatever keeps a connection from working has a next step for a person; what works has none', () => {
  const without = (Object.keys(CONNECTION_REASONS) as ConnectionReason[]).filter((each) => nextActionOf(each) === null);
  expect(without).toEqual(['key_proven', 'account_active', 'reconnected']);
});
