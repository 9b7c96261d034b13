import { BlockList, isIP } from 'node:net';

/**
 * Where an IP address leads. `forbidden` is never called for anybody: link-local addresses hold the cloud machines' own
 * credentials (169.254.169.254, fd00:ec2::254), and the others are no host at all or hide another address inside.
 */
export type AddressKind = 'public' | 'private' | 'loopback' | 'forbidden';

const LOOPBACK = listOf([['127.0.0.0', 8]], [['::1', 128]]);

/** RFC 1918, RFC 6598 (shared by carriers), RFC 2544 (benchmarks), RFC 4193 (unique local). */
const PRIVATE = listOf(
  [
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
  ],
  [['fc00::', 7]],
);

/** IANA's registries of special-purpose addresses, apart from the ones above. */
const FORBIDDEN = listOf(
  [
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
  [
    ['::', 128],
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['100::', 64],
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['fd00:ec2::254', 128],
    ['fe80::', 10],
    ['fec0::', 10],
    ['ff00::', 8],
  ],
);

/** The kind of a literal address; null for what is a name, which only a look-up can tell. */
export function addressKind(written: string): AddressKind | null {
  // `fe80::1%eth0` names the cable as well, which a look-up of names may tell.
  const text = written.replace(/%.*$/s, '');
  const version = isIP(text);
  if (version === 0) return null;
  const mapped = version === 6 ? mappedIpv4(text) : null;
  if (mapped !== null) return addressKind(mapped);
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (LOOPBACK.check(text, family)) return 'loopback';
  if (FORBIDDEN.check(text, family)) return 'forbidden';
  return PRIVATE.check(text, family) ? 'private' : 'public';
}

/** `::ffff:10.0.0.1`, and the deprecated `::10.0.0.1`, reach the IPv4 host: they count as what they hold. */
function mappedIpv4(text: string): string | null {
  // The URL parser writes every form of an IPv6 address in one way: `[::ffff:a00:1]`.
  const [, high, low] =
    /^\[::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${text}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return null;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left >> 8, left & 255, right >> 8, right & 255].join('.');
}

export interface AddressPermission {
  readonly allowPrivate: boolean;
  readonly allowLoopback: boolean;
}

/** Whether a host application at such an address may be called (OUT-1). */
export function mayCall(kind: AddressKind, permission: AddressPermission): boolean {
  if (kind === 'public') return true;
  if (kind === 'private') return permission.allowPrivate;
  return kind === 'loopback' && (permission.allowLoopback || permission.allowPrivate);
}

/** The kind of a URL's host as far as its text tells; names other than `localhost` are judged when they are looked up. */
export function hostKind(url: URL): AddressKind | null {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return /^(.*\.)?localhost\.?$/i.test(host) ? 'loopback' : addressKind(host);
}

function listOf(ipv4: readonly (readonly [string, number])[], ipv6: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ipv4) list.addSubnet(address, bits, 'ipv4');
  for (const [address, bits] of ipv6) list.addSubnet(address, bits, 'ipv6');
  return list;
}
