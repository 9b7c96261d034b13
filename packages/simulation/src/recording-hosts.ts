import type { HostAnswer, HostApplications, HostRequest } from '@tollbridge/server/host-applications';
import { type Gate, openGate } from './sandbox-client.js';

/** One try to tell a host of one event. */
export interface HostSending {
  readonly request: HostRequest;
  /** The host has the message. */
  readonly isKept: boolean;
  /** The host said that it has the message; whoever sent it knows no better. */
  readonly isTaken: boolean;
}

/** The host applications of a test: they keep what they are told, and answer as they are asked to. */
export class RecordingHosts implements HostApplications {
  /** Every try, in the order of the answers. */
  readonly sendings: HostSending[] = [];
  readonly #gate: Gate;
  /** What the next deliveries are answered; by default everything is taken. */
  answer: (request: HostRequest) => HostAnswer = () => ({ kind: 'answered', status: 200, body: '' });
  /** Whether a host has a message although its answer says otherwise, or never comes. */
  keepsAnyway = false;

  constructor(gate: Gate = openGate) {
    this.#gate = gate;
  }

  /** What the hosts have, in the order in which it came. */
  get received(): HostRequest[] {
    return this.sendings.filter(({ isKept }) => isKept).map(({ request }) => request);
  }

  send(request: HostRequest): Promise<HostAnswer> {
    return this.#gate(`host ${request.url}`, async () => {
      const answer = this.answer(request);
      const isTaken = answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
      this.sendings.push({ request, isTaken, isKept: isTaken || this.keepsAnyway });
      return answer;
    });
  }
}
