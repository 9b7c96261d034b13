/**
 * Who may import whom, as data. `scripts/check-imports.mjs` applies it; ARCHITECTURE.md explains it. Each row says
 * why it is so: the reason is part of the message that a broken rule prints.
 *
 * Areas: `core/<folder>`, `sandbox`, `sdk`, and for the server `server/<folder>` or, for a file that lies directly in
 * `packages/server/src`, `server/ground` (or `server/wiring`). `own` are areas of ours, `packages` what npm or Node bring.
 */

/** The files of the server that build and wire things: they may import everything, nobody but they may import them. */
export const WIRING_FILES = new Set([
  'main',
  'index',
  'worker',
  'serve',
  'start',
  'assemble',
  'work',
  'bootstrap',
  'create-api-key',
]);

const DOORS = ['server/actions', 'server/stripe-events', 'server/schedules', 'server/effects'];
const FASTIFY = ['fastify', 'fastify-type-provider-zod', '@fastify/*', 'zod'];

/**
 * What several doors share about one noun: how its facts are loaded, and how what a rule decided becomes rows, events and
 * jobs. From the ground up: a room may stand on those before it in its own list.
 */
const ROOMS = {
  organizations: [],
  connections: [],
  webhooks: [],
  customers: ['connections'],
  collection: ['connections', 'customers'],
  refunds: ['connections', 'collection'],
};
const ROOM_AREAS = Object.keys(ROOMS).map((name) => `server/${name}`);

const room = ([name, below]) => ({
  from: `server/${name}`,
  own: [
    `server/${name}`,
    ...below.map((other) => `server/${other}`),
    'core',
    'server/ground',
    'server/problems',
    'server/json',
    'server/store',
    'server/jobs',
    'server/stripe',
  ],
  packages: ['node:crypto', 'node:buffer', 'node:net', 'standardwebhooks', 'zod'],
  reason: 'what doors share about a noun knows no door, and no noun that stands on it',
});

const doorReason =
  'a door loads, decides and commits: it reaches the world through Context only, and never another door, ' +
  'so that what two doors share is a pure rule in core and not a chain of side effects';

const door = (area) => ({
  from: area,
  own: [
    area,
    'core',
    ...ROOM_AREAS,
    'server/ground',
    'server/problems',
    'server/json',
    'server/store',
    'server/jobs',
    'server/stripe',
  ],
  packages: ['node:crypto', 'node:buffer'],
  reason: doorReason,
});

export const LAYERS = [
  {
    from: 'core',
    own: ['core'],
    packages: ['temporal-polyfill'],
    reason: 'core decides: what is pure can be tested by tables of cases and replayed by the simulation',
  },
  {
    from: 'sdk',
    own: ['sdk'],
    packages: [],
    reason: 'the SDK is published: everything it would import becomes a dependency of every host application',
  },
  {
    from: 'sandbox',
    own: ['sandbox'],
    packages: ['node:*', 'ws', 'stripe (types)', 'typescript-api'],
    reason: 'the sandbox plays Stripe: a mistake it shared with us would test itself as right',
  },
  {
    from: 'simulation',
    own: ['simulation', 'sandbox', 'sdk', 'core', 'server/*'],
    packages: ['node:*', 'fastify', 'standardwebhooks', 'stripe', 'pg'],
    reason: 'the simulation holds the whole product in one process, and nothing of the product knows of it',
  },
  ...DOORS.map(door),
  ...Object.entries(ROOMS).map(room),
  {
    from: 'server/startup',
    own: ['server/startup', 'server/ground', 'server/store', 'core'],
    packages: ['node:*', 'pg'],
    reason: 'what happens before the first request opens files, databases and the sandbox, and knows no door',
  },
  {
    from: 'server/api',
    own: [
      'server/api',
      'server/actions',
      ...ROOM_AREAS,
      'server/ground',
      'server/problems',
      'server/json',
      'server/store',
      'server/jobs',
      'server/stripe (types)',
      'core',
    ],
    packages: ['node:*', ...FASTIFY],
    reason: 'the API asks actions and reads the store: no Stripe call and no effect starts in a route',
  },
  {
    from: 'server/store',
    own: ['server/store', 'server/ground', 'core'],
    packages: ['node:*', 'pg', 'pg-copy-streams', '@electric-sql/*'],
    reason: 'the store knows the database only: nothing leaves for Stripe or a host inside a transaction',
  },
  {
    from: 'server/jobs',
    own: ['server/jobs', 'server/store', 'server/ground', 'core'],
    packages: ['node:crypto', 'node:buffer'],
    reason: 'the work table knows nothing of the work: what a job does is handed to it',
  },
  {
    from: 'server/stripe',
    own: ['server/stripe', 'server/ground', 'core'],
    packages: ['node:*', 'stripe'],
    reason: 'the gateway turns calls into answers: what an answer means for our rows is decided by a door',
  },
  {
    from: 'server/json',
    own: ['server/json', 'server/ground', 'server/store', 'core'],
    packages: [],
    reason: 'how an object looks from outside is one pure function, the same in an answer and in an event',
  },
  {
    from: 'server/http',
    own: ['server/http', 'server/ground', 'core'],
    packages: ['node:*'],
    reason: 'a way out over the network knows addresses and timeouts, and nothing of what it carries',
  },
  {
    from: 'server/problems',
    own: ['server/problems', 'server/ground', 'core'],
    packages: [],
    reason: 'the table of errors is data',
  },
  {
    from: 'server/ground',
    own: ['server/ground', 'server/problems', 'server/json', 'server/store', 'server/jobs', 'server/stripe', 'core'],
    packages: ['node:*', 'pino', 'standardwebhooks', 'zod'],
    reason: 'what every door stands on cannot know the doors',
  },
  {
    from: 'server/demo',
    own: ['server/demo', 'server/startup', 'sdk', 'core', 'server/ground'],
    packages: ['node:*'],
    reason: 'the demo is a customer of the product: it uses the API through the SDK and no short cut',
  },
  {
    from: 'server/wiring',
    own: [
      'server/wiring',
      'server/startup',
      ...ROOM_AREAS,
      'server/ground',
      'server/api',
      ...DOORS,
      'server/problems',
      'server/json',
      'server/http',
      'server/store',
      'server/jobs',
      'server/stripe',
      'server/demo',
      'core',
      'sdk',
    ],
    packages: ['node:*', ...FASTIFY, 'pino'],
    reason: 'the product starts the sandbox as a process of its own and never imports it',
  },
];

/** Core from the ground up: a folder imports folders of lower floors only. Folders of one floor do not know each other. */
export const CORE_FLOORS = [
  ['money', 'time'],
  ['event', 'tax', 'ledger', 'webhook'],
  ['legal-entity', 'connection'],
  ['customer'],
  ['invoice'],
  ['payment'],
  ['refund', 'dispute'],
  ['collection'],
];

export const CORE_FLOORS_REASON = 'core is read from the ground up: money and time know nothing of invoices';

export const FORBIDDEN_NAMES = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'types', 'misc']);
