import { describe, expect, it } from 'vitest';
import type { HostSending } from '../recording-hosts.js';
import { overtaken } from './message-order.js';

const sending = (sequence: number, how: Partial<HostSending> = {}, url = 'https://host.example'): HostSending => ({
  request: {
    url,
    headers: {},
    body: JSON.stringify({ id: `evt_${sequence}`, object_id: 'inv_1', sequence }),
    timeoutMilliseconds: 1,
    allowPrivate: false,
    allowLoopback: false,
  },
  isKept: true,
  isTaken: true,
  ...how,
});
const failed = (sequence: number): HostSending => sending(sequence, { isKept: false, isTaken: false });
const failures = (sequence: number, count: number): HostSending[] =>
  Array.from({ length: count }, () => failed(sequence));
const wrongOf = (sendings: readonly HostSending[]): string[] => overtaken(sendings, () => true);

describe('overtaken', () => {
  it('finds nothing where each message came after those before it, told once or again', () => {
    expect(wrongOf([sending(1), failed(2), sending(2), sending(1), sending(3), sending(2)])).toEqual([]);
  });

  it('finds a message that a later one went past, also when others came between', () => {
    expect(wrongOf([sending(1), sending(3), sending(2)])).toHaveLength(1);
    expect(wrongOf([sending(1), sending(4), sending(2), sending(3)])).toHaveLength(2);
  });

  it('OUT-1: lets a later one go past a message that failed five times before, and not one that failed four', () => {
    expect(wrongOf([sending(1), ...failures(2, 5), sending(3), sending(2)])).toEqual([]);
    expect(wrongOf([sending(1), ...failures(2, 4), sending(3), sending(2)])).toHaveLength(1);
    expect(wrongOf([sending(1), ...failures(2, 4), sending(3), failed(2), sending(2)])).toHaveLength(1);
  });

  it('counts a message as there that the host has although it did not say so', () => {
    expect(wrongOf([sending(1), sending(2, { isTaken: false }), sending(3), sending(2)])).toEqual([]);
    expect(wrongOf([sending(2, { isTaken: false }), sending(1)])).toHaveLength(1);
  });

  it('looks at each address by itself, and not at one with two endpoints', () => {
    expect(wrongOf([sending(2), sending(1, {}, 'https://other.example')])).toEqual([]);
    expect(overtaken([sending(2), sending(1)], () => false)).toEqual([]);
  });
});
