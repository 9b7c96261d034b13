import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Refusal } from '../../src/errors.js';
import { decodeForm } from '../../src/form.js';
import { DataFolderError, FileJournal } from '../../src/journal.js';
import { createCheckedSandbox } from '../../src/testing/checked-sandbox.js';
import { type RunningSandbox, runSandbox, seeded } from '../../src/testing/running-sandbox.js';
import { bytes, strangeText } from './rubbish.js';
import { fc, Tally, thrown, timeoutMilliseconds } from './runs.js';

const KEY = 'sk_test_bytes';
const tally = new Tally();
afterAll(() => tally.print('bytes at the sandbox'));

test('a form of any text is read or refused, and puts nothing into what every object has', () => {
  const pair = fc.tuple(strangeText, strangeText).map(([name, value]) => `${name}=${value}`);
  fc.assert(
    fc.property(fc.array(fc.oneof(pair, strangeText), { maxLength: 8 }), (parts) => {
      try {
        JSON.stringify(decodeForm(parts.join('&')));
        tally.count('form read');
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
        tally.count('form refused');
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    thrown(2_000),
  );
});

describe('a journal', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-bytes-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const path = () => join(folder, 'journal.jsonl');

  /** How many customers it holds, or the sentence by which it is refused. */
  async function opened(): Promise<number | string> {
    const sandbox = createCheckedSandbox({ now: () => 1_800_000_000_000, random: seeded(3) });
    try {
      const journal = await FileJournal.open(folder, (entry) => sandbox.restore(entry));
      sandbox.restored();
      journal.close();
    } catch (error) {
      if (error instanceof DataFolderError) return error.message;
      throw error;
    }
    const headers = { authorization: `Bearer ${KEY}` };
    const answer = sandbox.handle({ method: 'GET', url: '/v1/customers?limit=100', headers, body: '' });
    if (answer.kind === 'cut') throw new Error('it was cut');
    expect(answer.status).toBe(200);
    return (JSON.parse(answer.body) as { readonly data: readonly unknown[] }).data.length;
  }

  async function written(customers: number): Promise<void> {
    const journal = await FileJournal.open(folder, () => {});
    const sandbox = createCheckedSandbox({ now: () => 1_800_000_000_000, random: seeded(3), journal });
    const headers = { authorization: `Bearer ${KEY}` };
    for (let count = 0; count < customers; count++)
      sandbox.handle({ method: 'POST', url: '/v1/customers', headers, body: 'name=x' });
    journal.close();
  }

  test(
    'of any bytes is opened or refused in one sentence',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(bytes, { maxLength: 4 }), async (lines) => {
          writeFileSync(path(), Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
          tally.count(typeof (await opened()) === 'number' ? 'journal opened' : 'journal refused');
        }),
        thrown(150),
      );
    },
    timeoutMilliseconds(),
  );

  test('whose last line was torn at any byte holds all the others', async () => {
    await written(3);
    const whole = readFileSync(path());
    const before = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let length = before; length < whole.length; length += 97) {
      writeFileSync(path(), whole.subarray(0, length));
      expect([length, await opened()]).toEqual([length, 2]);
      tally.count('journal torn');
    }
  });

  test('that was damaged in its middle is refused, and is left as it is', async () => {
    await written(2);
    appendFileSync(path(), 'no line of ours\n');
    const whole = readFileSync(path());
    writeFileSync(path(), Buffer.concat([whole, whole]));
    const before = readFileSync(path());
    expect(await opened()).toMatch(/is damaged in line \d+: put it back from a copy, or choose another data folder\.$/);
    expect(readFileSync(path()).equals(before)).toBe(true);
  });
});

describe('sockets', () => {
  let running: RunningSandbox;
  beforeEach(async () => {
    running = await runSandbox();
  });
  afterEach(() => running.close());

  const lives = async () => expect((await running.call('GET', '/v1/account', { key: KEY })).status).toBe(200);

  test(
    'any bytes on a connection are answered or hung up on, and the next caller is served',
    async () => {
      const head = fc.constantFrom(
        '',
        'GET / HTTP/1.1\r\n',
        'POST /v1/customers HTTP/1.1\r\nHost: x\r\n',
        'GET /v1/x HTTP/9\r\n',
      );
      await fc.assert(
        fc.asyncProperty(head, bytes, async (begin, rest) => {
          await hungUp(running.server.port, Buffer.concat([Buffer.from(begin), rest, Buffer.from('\r\n\r\n')]));
          await lives();
          tally.count('connection');
        }),
        thrown(60),
      );
    },
    timeoutMilliseconds(),
  );

  test(
    'any frame of a listener is borne, and it is still heard afterwards',
    async () => {
      const session = await running.call('POST', '/v1/stripecli/sessions', {
        key: KEY,
        body: 'device_name=x&websocket_features[]=webhooks',
      });
      const socket = new WebSocket(`${session.body.websocket_url}`, 'stripecli-devproxy-v1', {
        headers: { 'websocket-id': String(session.body.websocket_id) },
      });
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      const field = fc.constantFrom('type', 'webhook_conversation_id', 'status', 'webhook_id', '__proto__');
      const frame = fc.oneof(
        bytes,
        fc
          .dictionary(field, fc.oneof(strangeText, fc.constant('event_ack'), fc.constant('webhook_response')))
          .map((fields) => Buffer.from(JSON.stringify(fields))),
      );
      await fc.assert(
        fc.asyncProperty(frame, fc.boolean(), async (content, binary) => {
          // Text that is none ends a connection, as the protocol has it (RFC 6455, 8.1).
          socket.send(binary ? content : Buffer.from(content).toString(), { binary });
          await lives();
          tally.count('frame');
        }),
        thrown(60),
      );
      expect(socket.readyState).toBe(WebSocket.OPEN);
      const heard = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
      await running.stripe(KEY).customers.create({ name: 'Heard' });
      expect(JSON.parse(await heard)).toMatchObject({ type: 'webhook_event' });
      socket.terminate();
    },
    timeoutMilliseconds(),
  );
});

const HANG_UP_MILLISECONDS = 50;

/** Says it and waits for an answer, or hangs up itself: a half request is no reason to wait for the whole of a time limit. */
const hungUp = (port: number, said: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(said));
    socket.setTimeout(HANG_UP_MILLISECONDS, () => socket.destroy());
    socket.on('data', () => {});
    socket.once('error', () => {});
    socket.once('close', () => resolve());
  });
