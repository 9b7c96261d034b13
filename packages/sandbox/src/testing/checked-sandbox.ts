import { contract } from '../contract/contract.js';
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox.js';
import { skipped } from './at-stripe.js';
import { ContractCheck, isOfApi } from './contract-misfits.js';
import { stripeTarget } from './stripe-target.js';

/** A sandbox without a socket, which throws where it answers something that does not fit the contract. */
export const createCheckedSandbox = (options: SandboxOptions): Sandbox => {
  if (stripeTarget(process.env) !== null) skipped('holds the clock and the dice of a sandbox without a socket');
  const sandbox = createSandbox(options);
  const check = new ContractCheck();
  return {
    ...sandbox,
    handle: (request) => {
      const answer = sandbox.handle(request);
      if (answer.kind === 'cut' || !isOfApi(request.url)) return answer;
      const { method, url } = request;
      const version = answer.headers['stripe-version'] ?? contract.version;
      check.look({ method, url, status: answer.status, version, content: JSON.parse(answer.body) });
      check.end();
      return answer;
    },
  };
};
