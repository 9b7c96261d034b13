import { contract } from '../contract/contract.js';
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox.js';
import { skipped } from './at-stripe.js';
import { ContractCheck, isOfApi } from './contract-misfits.js';
import { watchEvents } from './event-watch.js';
import { stripeTarget } from './stripe-target.js';

/** A sandbox without a socket, which throws where an answer or an event does not fit the contract. */
export const createCheckedSandbox = (options: SandboxOptions): Sandbox => {
  if (stripeTarget(process.env) !== null) skipped('holds the clock and the dice of a sandbox without a socket');
  const sandbox = createSandbox(options);
  const check = new ContractCheck();
  const watch = watchEvents(sandbox, check);
  const look = (): void => {
    watch.look();
    check.end();
  };
  return {
    ...sandbox,
    handle: (request) => {
      const answer = sandbox.handle(request);
      if (answer.kind !== 'cut' && isOfApi(request.url)) {
        const { method, url } = request;
        const version = answer.headers['stripe-version'] ?? contract.version;
        check.look({ method, url, status: answer.status, version, content: JSON.parse(answer.body) });
      }
      look();
      return answer;
    },
    tick: (nowMs) => {
      sandbox.tick(nowMs);
      look();
    },
  };
};
