import type { DomainEvent, LedgerTransaction } from '@tollbridge/core';
import type { Changes } from './changes.js';
import type { Context } from './context.js';

/** What a rule of core's asks for beside the rows it changes. */
export interface Decided {
  readonly postings: readonly LedgerTransaction[];
  readonly events: readonly DomainEvent[];
}

/** Takes a rule's postings and events into the commit; `render` gives what the host application is told of each. */
export function addDecided(
  context: Context,
  changes: Changes,
  environmentId: string,
  decided: Decided,
  render: (event: DomainEvent) => unknown,
): Changes {
  for (const transaction of decided.postings)
    changes.post({ environmentId, id: context.newId('ledgerTransaction'), transaction });
  for (const event of decided.events) {
    const { type, objectKind, objectId } = event;
    changes.tell({
      environmentId,
      id: context.newId('event'),
      type,
      objectKind,
      objectId,
      data: { object: render(event) },
    });
  }
  return changes;
}
