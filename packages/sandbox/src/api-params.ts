import type { SandboxRequest } from './answer.js';
import { unrecognizedUrl } from './api-refusals.js';
import { contract } from './contract/contract.js';
import { checkRequest } from './contract/request-check.js';
import { isLaterOperation } from './contract/since.js';
import { invalidRequest } from './errors.js';
import { decodeForm, isRecord, type Raw, type RawRecord } from './form.js';

export interface ReadParams {
  readonly request: SandboxRequest;
  readonly query: string;
  readonly version: string;
  /** JSON in, as version 2 of the API has it; a form otherwise. */
  readonly isJson: boolean;
}

/** The parameters the contract lets through, from query and body together, and what is to be expanded. */
export const readParams = (
  call: ReadParams,
  operation: string,
): { params: Record<string, unknown>; expand: string[] } => {
  const { request } = call;
  if (isLaterOperation(operation, call.version)) throw unrecognizedUrl(request.method, request.url.split('?')[0] ?? '');
  const raw: RawRecord = decodeForm(call.query);
  // Deletions bring theirs in the query, as the SDKs send them, or in the body, as Stripe's examples for curl do.
  if (request.method !== 'GET') Object.assign(raw, call.isJson ? jsonBody(request.body) : formBody(request));
  const { expand, page } = raw;
  delete raw.expand;
  // The lists of version 2 are continued by addresses of Stripe's own making, which the types do not know.
  const isContinued = call.isJson && request.method === 'GET' && typeof page === 'string';
  if (isContinued) delete raw.page;
  const params = contract.operations[operation] === undefined ? { ...raw } : checkRequest(operation, raw, call.version);
  if (isContinued) params.page = page;
  if (expand === undefined || expand === '') return { params, expand: [] };
  return { params, expand: expandedPaths(expand) };
};

const expandedPaths = (expand: Raw): string[] => {
  if (!isRecord(expand) && !Array.isArray(expand)) throw invalidRequest('Invalid array', { param: 'expand' });
  return Object.entries(expand).map(([at, path]) => {
    if (typeof path === 'string') return path;
    throw invalidRequest('Invalid string', { param: `expand[${at}]` });
  });
};

const formBody = (request: SandboxRequest): RawRecord => {
  const text = request.body.trimStart();
  if (text.startsWith('{') || (request.headers['content-type'] ?? '').startsWith('application/json')) {
    throw invalidRequest(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
    );
  }
  return decodeForm(request.body);
};

const jsonBody = (text: string): RawRecord => {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as RawRecord;
  } catch {
    // Refused below like any other body that is not an object.
  }
  throw invalidRequest('The request body could not be read as a JSON object.', { code: 'invalid_json' });
};
