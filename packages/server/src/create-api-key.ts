import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { formatId, ID_RANDOM_BYTES } from '@tollbridge/core';
import { realClock } from './clock.js';
import { readSettings, SettingWrong } from './config.js';
import type { Context } from './context.js';
import { issueApiKey } from './organizations/issue-api-key.js';
import type { CreateApiKeyInput } from './organizations/new-api-key.js';
import { CannotStart, openInstallation } from './startup/open-database.js';
import { API_KEY_SCOPES, type ApiKeyScope } from './store/api-keys.js';
import type { Database } from './store/database.js';
import { type Environment, findEnvironmentsMeant } from './store/organizations.js';

const USE = 'npm run create-api-key -- --environment production --name "Name" [--scopes read,write]';
/** As the API has it. */
const NAME_CHARACTERS_MAX = 100;
const SCOPES_OTHERWISE = 'read,write';
const SHOWN_MAX = 10;

/** The command was not given what it needs; the message is one sentence that says what to do. */
class ParameterWrong extends Error {}

/**
 * `npm run create-api-key` (ENV-4): a secret API key of any environment, for whoever holds the installation's settings. The
 * embedded database serves one process, so the program must not be running there; on PostgreSQL it may.
 */
async function main(): Promise<void> {
  const { environment: meant, ...input } = readParameters(process.argv.slice(2));
  const settings = readSettings(process.env);
  const db = await openInstallation(settings);
  try {
    const environment = await environmentMeant(db, meant);
    const newId: Context['newId'] = (noun) => formatId(noun, randomBytes(ID_RANDOM_BYTES));
    const secret = await issueApiKey({ db, clock: realClock, newId, randomBytes }, environment, input);
    announce(secret, environment, input);
  } finally {
    await db.close();
  }
}

function readParameters(words: readonly string[]): CreateApiKeyInput & { readonly environment: string } {
  const { environment = '', name = '', scopes = SCOPES_OTHERWISE } = wordsOf(words);
  if (environment.trim() === '') throw new ParameterWrong(`Say whose key it is to be: ${USE}`);
  const nameKept = name.trim();
  if (nameKept === '' || nameKept.length > NAME_CHARACTERS_MAX)
    throw new ParameterWrong(`Give the key a name of 1 to ${NAME_CHARACTERS_MAX} characters: ${USE}`);
  return { environment: environment.trim(), name: nameKept, scopes: scopes.split(',').map(scopeOf) };
}

function wordsOf(words: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...words], options: { environment: text, name: text, scopes: text } }).values;
  } catch {
    throw new ParameterWrong(`That is not understood: ${USE}`);
  }
}

function scopeOf(text: string): ApiKeyScope {
  const scope = API_KEY_SCOPES.find((known) => known === text.trim());
  if (scope !== undefined) return scope;
  throw new ParameterWrong(
    `--scopes must be some of ${API_KEY_SCOPES.join(', ')}, separated by commas, not "${text}".`,
  );
}

/** `production` needs no id: an organization has one. Of several that fit nobody is guessed. */
async function environmentMeant(db: Database, idOrKind: string): Promise<Environment> {
  const [environment, ...others] = await findEnvironmentsMeant(db, idOrKind);
  if (environment === undefined)
    throw new ParameterWrong(
      `There is no environment "${idOrKind}": --environment must be production, test, or the id of one.`,
    );
  if (others.length === 0) return environment;
  const ids = [environment, ...others].slice(0, SHOWN_MAX).map(({ id, name }) => `${id} (${name})`);
  throw new ParameterWrong(
    `There are several ${idOrKind} environments: give the id of one, such as ${ids.join(', ')}.`,
  );
}

function announce(secret: string, environment: Environment, { scopes }: CreateApiKeyInput): void {
  const lines = [
    `  Secret key   ${secret}`,
    `               of the environment "${environment.name}" (${environment.id}), for ${scopes.join(' and ')};`,
    '               it is shown this once: keep it.',
  ];
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}

try {
  await main();
} catch (error) {
  const isExpected = [SettingWrong, CannotStart, ParameterWrong].some((kind) => error instanceof kind);
  if (!isExpected) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
