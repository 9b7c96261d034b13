// A client that costs little, since it shares two cores with what it measures: raw sockets, kept open, a few requests on
// the way on each, answers counted and each looked at for the text that says it succeeded.
import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';

/**
 * Sends requests until `milliseconds` have passed and gives how many were answered in that time. `requestFor(n)` is the
 * n-th request as text; every answer must be a 200 whose body holds `expected`.
 */
export async function load({ port, connections, depth, milliseconds, requestFor, expected }) {
  const state = { sent: 0, answered: 0, stopped: false, failure: undefined };
  const next = () => {
    state.sent += 1;
    return requestFor(state.sent);
  };
  const clients = await Promise.all(
    Array.from({ length: connections }, () => opened(port, { state, next, depth, expected })),
  );
  const started = performance.now();
  for (const client of clients) client.start();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const seconds = (performance.now() - started) / 1000;
  const { answered } = state;
  state.stopped = true;
  for (const client of clients) client.socket.destroy();
  if (state.failure !== undefined) throw new Error(state.failure);
  return { answered, perSecond: answered / seconds };
}

function opened(port, { state, next, depth, expected }) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let waiting = '';
    const start = () => {
      let first = '';
      for (let count = 0; count < depth; count += 1) first += next();
      socket.write(first);
    };
    socket.once('connect', () => resolve({ socket, start }));
    socket.once('error', (error) => (state.stopped ? undefined : reject(error)));
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      if (state.stopped) return;
      waiting += chunk;
      let refill = '';
      for (;;) {
        const head = waiting.indexOf(HEAD_END);
        if (head < 0) break;
        const length = Number(/content-length: (\d+)/i.exec(waiting.slice(0, head))?.[1] ?? Number.NaN);
        const end = head + HEAD_END.length + length;
        if (waiting.length < end) break;
        const answer = waiting.slice(0, end);
        waiting = waiting.slice(end);
        if (!answer.startsWith('HTTP/1.1 200') || !answer.includes(expected)) {
          state.failure ??= `An answer was not as expected: ${answer.slice(0, 600)}`;
        }
        state.answered += 1;
        refill += next();
      }
      if (refill !== '') socket.write(refill);
    });
  });
}
