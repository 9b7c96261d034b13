import { expect, test } from 'vitest';
import { nextActionOf } from './next-action.js';
import { CONNECTION_REASONS, type ConnectionReason } from './states.js';

const reasons = Object.keys(CONNECTION_REASONS) as ConnectionReason[];

test.each(['key', 'managed', 'oauth'] as const)(
  'mode %s: whatever keeps a connection from working has a next step for a person; what works has none',
  (mode) => {
    const without = reasons.filter((reason) => nextActionOf({ mode, reason }) === null);
    expect(without).toEqual(['key_proven', 'account_active', 'reconnected']);
  },
);

test('nobody is told to bring a key where a platform acts', () => {
  for (const mode of ['managed', 'oauth'] as const)
    expect(nextActionOf({ mode, reason: 'disconnected_by_operator' })).not.toContain('key');
});
