import { describe, test } from 'vitest';
import { testDatabases } from '../../src/test-databases.js';
import { expectNothingLost, timeout } from './expect-nothing-lost.js';

// Where tests have no PostgreSQL there is none to kill; `npm test` says so in its last lines.
const present = testDatabases().filter((kind) => kind === 'postgres');

describe.each(present)('on %s', { timeout }, (database) => {
  test('server, worker, sandbox and database killed under load lose nothing answered, and do nothing twice', () =>
    expectNothingLost(database));
});
