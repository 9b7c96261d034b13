import { createServer } from 'node:net';
import { CannotStart } from './open-database.js';

/** A port that somebody shall listen on, with the setting that would change it. */
export interface PortAsked {
  readonly host: string;
  /** 0 asks for any free one. */
  readonly port: number;
  readonly setting: 'TOLLBRIDGE_PORT' | 'TOLLBRIDGE_SANDBOX_PORT';
  /** How often a taken port is looked at; for what may be about to end. */
  readonly looksMax: number;
}

const LOOK_INTERVAL_MILLISECONDS = 100;

/** Makes sure that the port can be listened on, and says which one it is. It is free again then. Errors: `CannotStart`. */
export async function findFreePort(asked: PortAsked): Promise<number> {
  for (let look = 1; ; look++) {
    try {
      return await portListenedOn(asked);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || look >= asked.looksMax)
        throw cannotListen(error as NodeJS.ErrnoException, asked);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MILLISECONDS));
  }
}

function portListenedOn({ host, port }: PortAsked): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, host, () => {
      const address = probe.address();
      const free = address !== null && typeof address === 'object' ? address.port : port;
      probe.close(() => resolve(free));
    });
  });
}

/** What an attempt to listen met, as one sentence. */
export function cannotListen(
  error: { readonly code?: string; readonly message?: string },
  { host, port, setting }: Omit<PortAsked, 'looksMax'>,
): CannotStart {
  if (error.code === 'EADDRINUSE')
    return new CannotStart(
      `Port ${port} of ${host} is taken by another program: stop it, or set ${setting} to a free one.`,
    );
  if (error.code === 'EACCES')
    return new CannotStart(`Port ${port} of ${host} may not be used by this user: set ${setting} to one above 1023.`);
  return new CannotStart(
    `This machine cannot listen on ${host} (${error.code ?? error.message}): set TOLLBRIDGE_HOST to an address of its own.`,
  );
}
