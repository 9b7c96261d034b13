import Stripe from 'stripe';
import { contract } from '../contract/contract.js';
import type { CheckedAnswer } from './contract-misfits.js';

/** An answer as the SDK was given it. */
export interface HeardAnswer extends CheckedAnswer {
  readonly requestId: string;
}

interface Listening {
  readonly hear: (answer: HeardAnswer) => void;
  /** Resolves when a request may go out. */
  readonly turn?: (method: string, path: string) => Promise<void>;
  /** An agent of a test's own is the client's. */
  readonly agent?: Stripe.StripeConfig['httpAgent'];
}

/** The SDK's own client, and whatever it is answered is told to `hear`. */
export const listeningClient = ({ hear, turn, agent }: Listening): ReturnType<typeof Stripe.createNodeHttpClient> => {
  const client = Stripe.createNodeHttpClient(agent);
  const ask = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const [, , url, method] = request;
    await turn?.(method, url);
    const answer = await ask(...request);
    const read = answer.toJSON.bind(answer);
    const { 'stripe-version': version, 'request-id': requestId } = answer.getHeaders();
    answer.toJSON = async () => {
      const content: unknown = await read();
      hear({
        method,
        url,
        status: answer.getStatusCode(),
        version: String(version ?? contract.version),
        requestId: String(requestId ?? ''),
        content,
      });
      return content;
    };
    return answer;
  };
  return client;
};
