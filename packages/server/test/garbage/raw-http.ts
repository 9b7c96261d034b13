import { connect } from 'node:net';
import { STRANGE_TEXTS } from './rubbish.js';
import { fc } from './runs.js';

/** What is written to the socket, byte by byte, before our side of it is closed. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** What came back until the server closed; null where it closed without a word. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

const ANSWER_MILLISECONDS_MAX = 10_000;

/** Sends bytes and reads whatever comes until the end. */
export function sendRaw(port: number, bytes: Uint8Array): Promise<RawAnswer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.setTimeout(ANSWER_MILLISECONDS_MAX, () =>
      socket.destroy(new Error('the server neither answered nor closed')),
    );
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close while our bytes are still on their way; what it said before counts.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(answerFrom(Buffer.concat(chunks).toString('latin1'))));
  });
}

function answerFrom(all: string): RawAnswer | null {
  const text = all.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  if (text === '') return null;
  const [head = '', ...rest] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]), head, body: rest.join('\r\n\r\n') };
}

/** The JSON of an answer's body, whether it came whole or in chunks; undefined when it is none. */
export function jsonOf(answer: RawAnswer): unknown {
  const body = /transfer-encoding: chunked/i.test(answer.head) ? unchunked(answer.body) : answer.body;
  try {
    return JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
  } catch {
    return undefined;
  }
}

const unchunked = (text: string): string => text.replace(/(^|\r\n)[0-9a-f]+\r\n/gi, '');

export function bytesOf({ method, target, version, headers, body }: RawRequest): Buffer {
  const lines = [`${method} ${target} ${version}`.trimEnd(), ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8'), body]);
}

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE'];
const WRONG_METHODS = ['PUT', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'G T', 'G\u0000T', 'X'.repeat(300), ''];

const WRONG_TARGETS = [
  '/',
  '//',
  '/v1',
  '/v1/',
  '/v1/invoices/',
  '/v1/invoices//lines',
  '/v1/../v1/api_keys',
  '/v1/api_keys/%2e%2e/invoices',
  '/v1/api_keys?limit=%zz',
  '/v1/api_keys?%',
  '/v1/api_keys?limit=1&limit=2',
  '/v1/api_keys?limit[]=1&limit[a][b]=2',
  '/v1/api_keys?__proto__[x]=1&constructor=2',
  `/v1/api_keys?${'a=1&'.repeat(2_000)}`,
  `/v1/api_keys?starting_after=${'x'.repeat(12_000)}`,
  `/v1/${'a/'.repeat(3_000)}`,
  `/v1/invoices/${'%41'.repeat(1_000)}`,
  '/v1/invoices/%ff%fe',
  '/v1/invoices/%00',
  '/v1/invoices/é',
  '/v1/api_keys#fragment',
  'http://other.example/v1/api_keys',
  'v1/api_keys',
  '*',
  '/docs/../../../../etc/passwd',
  '/docs/static/%2e%2e%2f%2e%2e%2fpackage.json',
  '/pay/short',
  `/pay/${'x'.repeat(43)}?returned=2`,
  `/pay/${'x'.repeat(43)}?returned=1&returned=1`,
  '/stripe/webhooks/con_none',
  '/docs/errors?x=%',
];

const typeOf = (value: string) => ['Content-Type', value] as const;

const HEADERS: readonly (readonly [string, string])[] = [
  ...['application/json', 'application/json; charset=utf-16', 'application/json; charset', 'APPLICATION/JSON'].map(
    typeOf,
  ),
  ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'].map(
    typeOf,
  ),
  ...['', ';', 'application/', 'json', 'application/json, text/plain', '__proto__', 'x'.repeat(5_000)].map(typeOf),
  ...['0', '1', '-1', '1e3', '0x10', '99999999999999999999', ' 5', 'NaN', '2097152'].map(
    (value) => ['Content-Length', value] as const,
  ),
  ...['chunked', 'gzip', 'identity', 'chunked, chunked', 'xchunked'].map(
    (value) => ['Transfer-Encoding', value] as const,
  ),
  ...['gzip', 'br', 'rot13'].map((value) => ['Content-Encoding', value] as const),
  ...['100-continue', '200-ok', ''].map((value) => ['Expect', value] as const),
  ...['websocket', 'h2c'].map((value) => ['Upgrade', value] as const),
  ...['', 'x', 'x'.repeat(255), 'x'.repeat(10_000), 'ключ', 'a\tb', ' '].map(
    (key) => ['Idempotency-Key', key] as const,
  ),
  ...[
    '',
    'Bearer',
    'Bearer ',
    'bearer x',
    'Basic dG9sbGJyaWRnZTo=',
    'Bearer tb_test_',
    `Bearer ${'x'.repeat(9_000)}`,
  ].map((value) => ['Authorization', value] as const),
  ['Host', ''],
  ['Host', 'a\u00e9'],
  ['X-Forwarded-For', "'; drop table customers; --"],
  ['X-Forwarded-For', '1.1.1.1,'.repeat(500)],
  ['X-Http-Method-Override', 'DELETE'],
  ['Cookie', 'a=b;'.repeat(2_000)],
  ['Accept', 'text/html;q=nonsense'],
  ['Accept-Encoding', '*;q=0'],
  ['Range', 'bytes=-1,5-2'],
  ['If-None-Match', '*'],
  ['Bad Name', 'x'],
  ['', 'x'],
  ['X-Folded', 'a\r\n b'],
  ['X-Split', 'a\r\nX-Other: b'],
  ['X-Nul', 'a\u0000b'],
];

const BODIES: readonly Uint8Array[] = [
  '',
  '{}',
  '{"name":"raw"}',
  '{"name":"raw"',
  '[]',
  'null',
  '"x"',
  '\ufeff{"name":"bom"}',
  "{'name':'a'}",
  '{"name":undefined}',
  '{"name":"a",}',
  '{"name":NaN}',
  '{"name":"a"}{"name":"b"}',
  '{"name":"\\ud800"}',
  '{"name":"\\u0000"}',
  '{"__proto__":{"x":1},"name":"a"}',
  '{"constructor":{"prototype":{"x":1}},"name":"a"}',
  '3\r\n{"a\r\n0\r\n\r\n',
  'ffffffffffffffff\r\nx',
  'zz\r\n',
  '['.repeat(200_000),
  `{"name":"${'a'.repeat(1_100_000)}"}`,
].map((text) => Buffer.from(text, 'utf8'));

const MORE_BODIES: readonly Uint8Array[] = [
  Buffer.from('{"name":"\xff\xfe\xc0\xaf"}', 'latin1'),
  Buffer.from('{"name":"utf16"}', 'utf16le'),
  Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
  Buffer.alloc(1_000),
];

/** Requests as no client of good will writes them; most of them right in all but a few places. */
export function rawRequest(targets: readonly string[], key: string): fc.Arbitrary<RawRequest> {
  const header = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...HEADERS) },
    { weight: 1, arbitrary: fc.constantFrom(...STRANGE_TEXTS).map((text) => ['X-Text', text] as const) },
  );
  return fc
    .record(
      {
        method: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...METHODS) }, fc.constantFrom(...WRONG_METHODS)),
        target: fc.oneof(fc.constantFrom(...targets), fc.constantFrom(...WRONG_TARGETS)),
        version: fc.oneof(
          { weight: 9, arbitrary: fc.constant('HTTP/1.1') },
          fc.constantFrom('HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''),
        ),
        headers: fc.array(header, { maxLength: 4 }),
        isSigned: fc.boolean(),
        body: fc.oneof(
          { weight: 5, arbitrary: fc.constantFrom(...BODIES, ...MORE_BODIES) },
          { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
        ),
      },
      { noNullPrototype: true },
    )
    .map(({ headers, isSigned, ...rest }) => ({
      ...rest,
      headers: completed(headers, isSigned ? key : null, rest.body),
    }));
}

/** What a request needs to be looked at at all, unless it says otherwise itself. */
function completed(
  headers: readonly (readonly [string, string])[],
  key: string | null,
  body: Uint8Array,
): (readonly [string, string])[] {
  const names = new Set(headers.map(([name]) => name));
  const added: (readonly [string, string])[] = [['Connection', 'close']];
  if (!names.has('Host')) added.push(['Host', '127.0.0.1']);
  if (key !== null && !names.has('Authorization')) added.push(['Authorization', `Bearer ${key}`]);
  if (body.length === 0) return [...headers, ...added];
  if (!names.has('Content-Type')) added.push(typeOf('application/json'));
  if (!names.has('Content-Length') && !names.has('Transfer-Encoding'))
    added.push(['Content-Length', String(body.length)]);
  return [...headers, ...added];
}
