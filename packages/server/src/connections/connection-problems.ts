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
