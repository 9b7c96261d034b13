import { describe, expect, it } from 'vitest';
import { type AddressKind, addressKind, hostKind, mayCall } from './network-address.js';

const CASES: Readonly<Record<AddressKind, readonly string[]>> = {
  public: ['8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.0.1', '2606:4700::1111', '::ffff:8.8.8.8'],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    'fd12::1',
    '::ffff:10.0.0.1',
    '::10.0.0.1',
  ],
  loopback: ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:ffff:7f00:1'],
  forbidden: [
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '64:ff9b::a00:1',
    '2002:a00:1::1',
    'ff02::1',
    '::ffff:169.254.169.254',
  ],
};

describe('addressKind', () => {
  for (const [kind, addresses] of Object.entries(CASES))
    it.each(addresses)(`takes %s as ${kind}`, (address) => {
      expect(addressKind(address)).toBe(kind);
    });

  it('cannot judge a name', () => {
    expect(addressKind('host.example.com')).toBeNull();
  });
});

describe('hostKind', () => {
  it.each([
    ['http://localhost/', 'loopback'],
    ['http://api.localhost:3000/', 'loopback'],
    ['http://2130706433/', 'loopback'],
    ['http://0x7f.1/', 'loopback'],
    ['http://[::ffff:a9fe:a9fe]/', 'forbidden'],
    ['https://localhost.example.com/', null],
  ])('takes %s as %s', (url, kind) => {
    expect(hostKind(new URL(url))).toBe(kind);
  });
});

describe('mayCall', () => {
  const none = { allowPrivate: false, allowLoopback: false };

  it('lets public addresses be called by everybody and forbidden ones by nobody', () => {
    expect(mayCall('public', none)).toBe(true);
    expect(mayCall('forbidden', { allowPrivate: true, allowLoopback: true })).toBe(false);
  });

  it('OUT-1: lets private addresses be called only where that is allowed, and loopback also in tests', () => {
    expect(mayCall('private', { ...none, allowLoopback: true })).toBe(false);
    expect(mayCall('private', { ...none, allowPrivate: true })).toBe(true);
    expect(mayCall('loopback', none)).toBe(false);
    expect(mayCall('loopback', { ...none, allowLoopback: true })).toBe(true);
  });
});
