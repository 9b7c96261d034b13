import { test } from 'vitest';
import { expectNothingLost, timeout } from './expect-nothing-lost.js';

test('server and sandbox killed under load lose nothing answered, do nothing twice, and start again', { timeout }, () =>
  expectNothingLost('embedded'),
);
