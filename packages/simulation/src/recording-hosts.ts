import type { HostAnswer, HostApplications, HostRequest } from '@tollbridge/server/host-applications';
import { type Gate, openGate } from './sandbox-client.js';

/** The host applications of a test: they keep what they are told, and answer as they are asked to. */
export class RecordingHosts implements HostApplications {
  readonly received: HostRequest[] = [];
  readonly #gate: Gate;
  /** What the next deliveries are answered; by default everything is taken. */
  answer: (request: HostRequest) => HostAnswer = () => ({ kind: 'answered', status: 200, body: '' });
  /** Whether a host has a message although its answer says otherwise, or never comes. */
  keepsAnyway = false;

  constructor(gate: Gate = openGate) {
    this.#gate = gate;
  }

  send(request: HostRequest): Promise<HostAnswer> {
    return this.#gate(`host ${request.url}`, async () => {
      const answer = this.answer(request);
      const isTaken = answer.kind === 'answered' && answer.status < 300;
      if (isTaken || this.keepsAnyway) this.received.push(request);
      return answer;
    });
  }
}
