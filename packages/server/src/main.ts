import { SettingWrong } from './config.js';
import type { Role } from './role.js';
import { type Started, start } from './start.js';
import { CannotStart } from './startup/open-database.js';

const LIVE_KEY_COMMAND = 'npm run create-api-key -- --environment production --name Live';
const ROLES: readonly Role[] = ['all', 'serve', 'work', 'migrate'];

/** The program: `main.js [serve | work | migrate]`; without a word it does everything (`npm start`). */
async function main(): Promise<void> {
  const word = process.argv[2] ?? 'all';
  const role = ROLES.find((known) => known === word);
  if (role === undefined)
    return refuse(`There is no role "${word}": use serve, work or migrate, or none for all in one.`);
  try {
    const started = await start(role, process.env);
    if (role !== 'migrate') {
      stopOnSignal(started);
      announce(started);
    }
    // Not to the log: whoever wants that silent is still told where his data are.
    for (const notice of started.settings.notices) process.stdout.write(`  Note         ${notice}\n\n`);
    if (role === 'migrate') await started.stop();
  } catch (error) {
    if (error instanceof SettingWrong || error instanceof CannotStart) return refuse(error.message);
    throw error;
  }
}

/** One sentence that says what to do, and an exit code that is not 0. */
function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

function announce({ url, sandboxUrl, firstSecret, settings }: Started): void {
  const lines = ['', '  Tollbridge is ready.', ''];
  if (url !== null) lines.push(`  API          ${url}/v1`, `  Swagger UI   ${url}/docs`);
  lines.push(`  Sandbox      ${sandboxUrl}   (a Stripe for trying things out; not Stripe)`);
  lines.push(`  Database     ${settings.databaseUrl === null ? settings.dataFolder : 'PostgreSQL'}`);
  if (firstSecret !== null)
    lines.push(
      '',
      `  Secret key   ${firstSecret}`,
      '               of your test environment; it is shown this once: keep it.',
      `  Live keys    of your production environment are made by "${LIVE_KEY_COMMAND}"${settings.databaseUrl === null ? ', while this is stopped.' : '.'}`,
    );
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/** Heard as often as they come: a terminal tells everybody and npm tells us again, and a second one must not cut the end short. */
function stopOnSignal(started: Started): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    started.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

await main();
