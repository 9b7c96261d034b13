import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatId, ID_RANDOM_BYTES } from '@tollbridge/core';
import type { FastifyInstance } from 'fastify';
import { realClock } from '../clock.js';
import type { Context } from '../context.js';
import { JobsUnderWay } from '../jobs/jobs-under-way.js';
import { silentLog } from '../log.js';
import { openSecretBox } from '../secret-box.js';
import type { Database } from '../store/database.js';
import { buildApp } from './app.js';

/** Where the document lies: the root of the project, four floors above this compiled file. */
const OPENAPI_FILE = join(dirname(fileURLToPath(import.meta.url)), '../../../../openapi.json');
const DOCUMENTED_URL = 'http://127.0.0.1:4400';

/** The routes describe themselves when they are registered, so making the document asks nothing of the world. */
const refuse = (): never => {
  throw new Error('nothing outside is asked while the API is documented');
};

const unusedDatabase: Database = {
  kind: 'embedded',
  query: async () => refuse(),
  script: async () => refuse(),
  onWork: () => {},
  close: async () => {},
};

function documentationContext(): Context {
  const zeros = (count: number) => new Uint8Array(count);
  return {
    db: unusedDatabase,
    clock: realClock,
    stripe: {
      call: async () => refuse(),
      clientIdOf: async () => refuse(),
      consentUrl: async () => refuse(),
      verify: async () => false,
    },
    hosts: { send: async () => refuse() },
    secrets: openSecretBox({ keys: [zeros(32)], randomBytes: zeros }),
    settings: {
      host: '127.0.0.1',
      port: 4400,
      sandboxPort: 4410,
      dataFolder: '',
      publicUrl: DOCUMENTED_URL,
      databaseUrl: null,
      encryptionKeys: [zeros(32)],
      stripePlatformKeys: { test: null, live: null },
      stripeOauthClientIds: { test: null, live: null },
      smtpUrl: null,
      trustedProxies: [],
      logLevel: 'silent',
      notices: [],
    },
    log: silentLog,
    underWay: new JobsUnderWay(),
    newId: (noun) => formatId(noun, zeros(ID_RANDOM_BYTES)),
    randomBytes: zeros,
    spawn: () => {},
  };
}

/** All routes, over a world in which nothing can be asked. */
export const documentedApp = (): Promise<FastifyInstance> => buildApp(documentationContext());

/** The OpenAPI document of all routes, as text (API-2). */
async function openapiText(): Promise<string> {
  const app = await documentedApp();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}

/** `make-openapi.js` writes `openapi.json`; with `--check` it only says whether the file still fits the routes. */
async function main(): Promise<void> {
  const text = await openapiText();
  if (!process.argv.includes('--check')) return writeFileSync(OPENAPI_FILE, text);
  if (readFileSync(OPENAPI_FILE, 'utf8') === text) return;
  process.stderr.write('openapi.json does not fit the routes: run "npm run openapi" and commit what it writes.\n');
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
