import { type Connection, nextActionOf } from '@tollbridge/core';
import { type Problem, problem } from '../problem.js';

/** Why a key or an endpoint's secret has no place here; null where the connection is one by key. */
export const notByKey = ({ mode }: Pick<Connection, 'mode'>): Problem | null =>
  mode === 'key'
    ? null
    : problem(
        'connection_mode_differs',
        'This connection has no key and no endpoint of its own: the platform of the installation acts for its account.',
      );

/** It does not let us in any more, and says what would bring it back. */
export const connectionLost = (connection: Connection): Problem =>
  problem('connection_lost', `The connection is lost. ${nextActionOf(connection)}`);

/** Why there is no page of consent for it; null where the connection is one by consent. */
export const notByConsent = ({ mode }: Pick<Connection, 'mode'>): Problem | null =>
  mode === 'oauth'
    ? null
    : problem(
        'connection_mode_differs',
        mode === 'key'
          ? 'This connection is one by key: put a key of the same account in place instead.'
          : 'This account was made by the platform of the installation: nobody has to let it in.',
      );
