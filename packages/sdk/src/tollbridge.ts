import { Nouns } from './api.generated.js';
import { type ClientOptions, openTransport } from './transport.js';

/**
 * The client: `new Tollbridge({ apiKey })`, then a noun and a verb, `tollbridge.invoices.finalize(id)`.
 * Calls are tried again when that can help, and a write is done once however often it is tried.
 */
export class Tollbridge extends Nouns {
  constructor(options: ClientOptions) {
    if (!/^tb_(test|live)_/.test(options.apiKey))
      throw new TypeError('A secret key of Tollbridge begins with tb_test_ or tb_live_.');
    super(openTransport(options));
  }
}
