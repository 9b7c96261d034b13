// The least that a Node process can do for the same request: reads the body, answers a text of the same size with as many
// headers. What the sandbox is measured beside; started by sandbox.bench.mjs.
import { createServer } from 'node:http';

const ANSWER_BYTES = 2_200;
const body = `{"status":"succeeded","padding":"${'x'.repeat(ANSWER_BYTES)}"}`;

const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'idempotency-key': request.headers['idempotency-key'] ?? '',
      'original-request': 'req_bare',
      'request-id': 'req_bare',
      'stripe-should-retry': 'false',
      'stripe-version': request.headers['stripe-version'] ?? '',
    });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`at http://127.0.0.1:${server.address().port}\n`));
process.once('SIGTERM', () => process.exit(0));
