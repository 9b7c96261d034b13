import { contract } from '../contract/contract.js';
import { answerMisfits } from '../contract/response-check.js';
import { Router } from '../router.js';

/** One answer, as far as it can be held against the contract. */
export interface CheckedAnswer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly version: string;
  readonly answer: string;
}

const operations = new Router<string>();
for (const operation of Object.keys(contract.operations)) operations.add(operation.replaceAll('*', ':any'), operation);

/** What does not fit: answers of the contract's own version only, since older ones have other shapes. */
export const misfitsOf = (answers: Iterable<CheckedAnswer>): string[] => {
  const found: string[] = [];
  for (const { method, url, status, version, answer } of answers) {
    if (status !== 200 || version !== contract.version) continue;
    const operation = operations.find(method, url.split('?')[0] ?? '')?.value;
    if (operation === undefined) continue;
    for (const misfit of answerMisfits(operation, JSON.parse(answer))) found.push(`${operation}: ${misfit}`);
  }
  return found;
};
