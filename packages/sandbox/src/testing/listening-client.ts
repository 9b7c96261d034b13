import Stripe from 'stripe';
import { contract } from '../contract/contract.js';
import type { CheckedAnswer } from './contract-misfits.js';

/** An answer as the SDK was given it. */
export interface HeardAnswer extends CheckedAnswer {
  readonly requestId: string;
}

/** The SDK's own client, and whatever it is answered is told to `hear`. An agent of a test's own is the client's. */
export const listeningClient = (
  hear: (answer: HeardAnswer) => void,
  agent?: Stripe.StripeConfig['httpAgent'],
): ReturnType<typeof Stripe.createNodeHttpClient> => {
  const client = Stripe.createNodeHttpClient(agent);
  const ask = client.makeRequest.bind(client);
  client.makeRequest = async (...request) => {
    const answer = await ask(...request);
    const read = answer.toJSON.bind(answer);
    const [, , url, method] = request;
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
