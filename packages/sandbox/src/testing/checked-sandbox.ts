import { contract } from '../contract/contract.js';
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox.js';
import { ContractCheck, isOfApi } from './contract-misfits.js';

/** A sandbox without a socket, which throws where it answers something that does not fit the contract. */
export const createCheckedSandbox = (options: SandboxOptions): Sandbox => {
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
