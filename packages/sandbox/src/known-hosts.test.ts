import { expect, it } from 'vitest';
import { KnownHosts } from './known-hosts.js';

const baseUrl = 'http://sandbox.internal:4410';

it.each([
  ['127.0.0.1:4410', [], true],
  ['127.0.0.53', [], true],
  ['localhost:4410', [], true],
  ['LocalHost', [], true],
  ['acct.localhost:4410', [], true],
  ['[::1]:4410', [], true],
  ['', [], true],
  ['sandbox.internal:4410', [], true],
  ['sandbox.internal', [], true],
  ['evil.example:4410', [], false],
  ['127.0.0.1.evil.example', [], false],
  ['localhost.evil.example', [], false],
  ['192.168.0.7:4410', [], false],
  ['192.168.0.7:4410', ['192.168.0.7'], true],
  ['192.168.0.7:4410', ['0.0.0.0'], true],
  ['[fd00::7]:4410', ['::'], true],
  ['evil.example', ['0.0.0.0'], false],
  ['Stripe:4410', ['stripe'], true],
])('a request to %s of a sandbox that also is %j: %s', (header, hosts, known) => {
  expect(new KnownHosts(hosts).has(header, baseUrl)).toBe(known);
});
