import { randomBytes } from 'node:crypto';
import { Tollbridge } from '@tollbridge/sdk';
import { closeTheBooks } from './books.js';
import { collect } from './collect.js';
import { connect } from './connect.js';
import { makeCustomers } from './customers.js';
import { HostApplication } from './host-application.js';
import { type Instance, startOwnInstance } from './own-instance.js';
import { Program, type Stage, StoryBroken } from './stage.js';
import { StripeSide } from './stripe-side.js';

/**
 * `npm run demo`: the whole story in a terminal, against an instance of its own, through the SDK. It ends with 0 only if
 * every step was seen to happen. With `DATABASE_URL` it runs on PostgreSQL, in a database that it makes and drops.
 */
async function main(): Promise<void> {
  const begun = performance.now();
  const write = (text: string) => process.stdout.write(text);
  const instance = await startOwnInstance();
  const host = await HostApplication.start();
  const program = new Program(write);
  const stop = stopOnce(instance, host);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().then(() => process.exit(1)));
  write(`\n  Tollbridge on ${instance.databaseName}, started in ${instance.startedInMilliseconds / 1_000} s\n`);
  try {
    await play({ program, host, instance });
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    write(`\n  All ${program.steps} steps were seen to happen, in ${seconds} s.\n\n`);
  } catch (error) {
    if (!(error instanceof StoryBroken)) throw error;
    write('\n  The story broke at this step.\n\n');
    process.exitCode = 1;
  } finally {
    await stop();
  }
}

interface Parts {
  readonly program: Program;
  readonly host: HostApplication;
  readonly instance: Instance;
}

async function play({ program, host, instance }: Parts): Promise<void> {
  const stripeKey = `sk_test_demo${randomBytes(8).toString('hex')}`;
  const stage: Stage = {
    program,
    host,
    stripeKey,
    stripe: new StripeSide(instance.sandboxUrl, stripeKey),
    tollbridge: new Tollbridge({ apiKey: instance.secretKey, baseUrl: instance.apiUrl }),
  };
  const connectionId = await connect(stage);
  const customers = await makeCustomers(stage, connectionId);
  const paid = await collect(stage, customers);
  await closeTheBooks(stage, paid);
}

function stopOnce(instance: Instance, host: HostApplication): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  return () => {
    stopping ??= instance.stop().then(() => host.stop());
    return stopping;
  };
}

await main();
