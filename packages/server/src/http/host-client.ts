import { lookup } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { HostAnswer, HostApplications, HostRequest } from '../host-applications.js';
import { addressKind, mayCall } from '../network-address.js';

/** Of an answer's body only the beginning is of use, in the log of deliveries. */
const BODY_BYTES_MAX = 4_096;

interface Address {
  readonly address: string;
  readonly family: number;
}

/** Looks a name up: all its addresses. */
export type Resolve = (name: string) => Promise<readonly Address[]>;

const resolveByDns: Resolve = (name) => lookup(name, { all: true });

/**
 * The real way to host applications. The name is looked up once, every address it has is judged, and the connection goes
 * to the address that was judged: a name that changes its mind in between (DNS rebinding) reaches nothing. Redirects are
 * answers like any other and are not followed.
 */
export function openHostClient(resolve: Resolve = resolveByDns): HostApplications {
  return {
    async send(request) {
      const url = new URL(request.url);
      const found = await addressOf(url, request, resolve);
      if ('answer' in found) return found.answer;
      return post(url, found.address, request);
    },
  };
}

async function addressOf(
  url: URL,
  request: HostRequest,
  resolve: Resolve,
): Promise<{ address: Address } | { answer: HostAnswer }> {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  let addresses: readonly Address[];
  try {
    addresses = await resolve(name);
  } catch (error) {
    return { answer: { kind: 'unreachable', message: `the name ${name} was not found (${codeOf(error)})` } };
  }
  const [first] = addresses;
  if (first === undefined) return { answer: { kind: 'unreachable', message: `the name ${name} has no address` } };
  // One bad address among good ones is enough: which one is taken would be up to chance.
  const refused = addresses.find(({ address }) => !mayCall(addressKind(address) ?? 'forbidden', request));
  if (refused === undefined) return { address: first };
  const message = `${name} leads to ${refused.address}, which is not a public address`;
  return { answer: { kind: 'refused_address', message } };
}

function post(url: URL, to: Address, request: HostRequest): Promise<HostAnswer> {
  return new Promise((resolve) => {
    const pinned: LookupFunction = (_name, options, done) => {
      if (options.all === true) done(null, [to]);
      else done(null, to.address, to.family);
    };
    const body = Buffer.from(request.body, 'utf8');
    const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers: { ...request.headers, 'content-length': body.length },
      lookup: pinned,
      agent: false,
      signal: AbortSignal.timeout(request.timeoutMilliseconds),
    });
    outgoing.on('response', (answer) => {
      readBeginning(answer).then(
        (text) => resolve({ kind: 'answered', status: answer.statusCode ?? 0, body: text }),
        (error: Error) => resolve({ kind: 'unreachable', message: reasonOf(error, request) }),
      );
    });
    outgoing.on('error', (error) => resolve({ kind: 'unreachable', message: reasonOf(error, request) }));
    outgoing.end(body);
  });
}

async function readBeginning(answer: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length >= BODY_BYTES_MAX) break;
  }
  answer.destroy();
  return Buffer.concat(parts).subarray(0, BODY_BYTES_MAX).toString('utf8');
}

const codeOf = (error: unknown): string => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'unknown';
};

const reasonOf = (error: Error, request: HostRequest): string =>
  error.name === 'AbortError' || error.name === 'TimeoutError'
    ? `no answer within ${request.timeoutMilliseconds / 1000} s`
    : `no connection (${codeOf(error)})`;
