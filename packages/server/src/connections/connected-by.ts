import type { ConnectedBy } from '@tollbridge/core';
import type { Actor } from '../changes.js';

/** Whoever is let in to connect something is a person or a key of ours. */
export const connectedByOf = (actor: Actor): ConnectedBy => ({
  kind: actor.kind === 'person' ? 'person' : 'api_key',
  id: actor.id ?? '',
});
