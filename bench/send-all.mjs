// Sends a given list of requests over some connections, each of which waits for its answer before it sends the next: what
// a webhook's or an API's callers do. Raw sockets, since the client shares the machine with what it measures.
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const BUSY_RETRY_MILLISECONDS = 250;
const ANSWER_TIMEOUT_MILLISECONDS = 60_000;

/**
 * Each request is a Buffer. Gives the seconds from the first byte to the last answer, and how often it was told to come
 * again later (429), which it does, as Stripe would. Any other answer that is not 2xx ends it with an error.
 */
export async function sendAll(requests, { port, connections, expected = '' }) {
  const queue = { next: 0, busy: 0 };
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(port)));
  const started = performance.now();
  try {
    await Promise.all(sockets.map((socket) => drain(socket, { requests, queue, expected })));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  return { seconds: (performance.now() - started) / 1000, busy: queue.busy };
}

function opened(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function drain(socket, { requests, queue, expected }) {
  return new Promise((resolve, reject) => {
    let current = null;
    let waiting = Buffer.alloc(0);
    const send = () => {
      if (queue.next >= requests.length) return resolve();
      current = requests[queue.next];
      queue.next += 1;
      socket.write(current);
    };
    socket.setTimeout(ANSWER_TIMEOUT_MILLISECONDS, () => reject(new Error('an answer did not come in time')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.on('data', (chunk) => {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
      const end = endOfAnswer(waiting);
      if (end === null || waiting.length < end) return;
      const answer = waiting.toString('latin1', 0, end);
      waiting = waiting.subarray(end);
      if (answer.startsWith('HTTP/1.1 2') && answer.includes(expected)) return send();
      if (!answer.startsWith('HTTP/1.1 429'))
        return reject(new Error(`An answer was not as expected: ${answer.slice(0, 600)}`));
      queue.busy += 1;
      setTimeout(() => socket.write(current), BUSY_RETRY_MILLISECONDS);
    });
    send();
  });
}

function endOfAnswer(bytes) {
  const head = bytes.indexOf(HEAD_END);
  if (head < 0) return null;
  const length = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1];
  return length === undefined ? null : head + HEAD_END.length + Number(length);
}

/** A POST with a JSON body, as the bytes that go out. */
export function post(path, body, headers = {}) {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ host: '127.0.0.1', 'content-type': 'application/json', ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}content-length: ${bytes.length}\r\n\r\n`), bytes]);
}
