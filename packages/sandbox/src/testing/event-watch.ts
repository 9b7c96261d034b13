import { type EventObject, events } from '../events.js';
import type { Sandbox } from '../sandbox.js';
import type { ContractCheck } from './contract-misfits.js';

/**
 * Holds against the contract what is pushed and what is kept of events. Call `look` now and then: what is kept is looked at
 * once, with its version, and is gone after 30 days.
 */
export const watchEvents = (sandbox: Sandbox, check: ContractCheck): { look(): void } => {
  const { deliveries } = sandbox;
  const due = deliveries.due;
  deliveries.due = (nowMs) => {
    const posts = due(nowMs);
    for (const post of posts) check.lookAtPost(post);
    return posts;
  };
  const seen = new Set<string>();
  return {
    look: () => {
      for (const { store } of sandbox.core.accounts.values()) {
        for (const object of store.newestFirst(events.type)) {
          if (seen.has(object.id)) break;
          seen.add(object.id);
          check.lookAtEvent(object as EventObject);
        }
      }
    },
  };
};
