import { type LoggerOptions, pino } from 'pino';

export interface Logger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Where secrets could stand in what is logged; the texts of errors are cleaned by `withoutSecrets`. */
const SECRET_PATHS = ['authorization', 'secret_key', 'secretKey', 'webhook_secret', 'password', 'cookie'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);

/** Anything that looks like a key of Stripe's, a signing secret or a key of ours. */
const SECRET_SHAPE = /\b(?:(?:sk|rk)_(?:test|live)_\w+|whsec_[\w+/=]+|tb_(?:test|live)_[\w-]+)/g;

export const withoutSecrets = (text: string): string =>
  text.replace(SECRET_SHAPE, (secret) => `${secret.slice(0, 8)}…`);

export const loggerOptions = (level: string): LoggerOptions => ({
  level,
  redact: { paths: SECRET_PATHS, censor: '[secret]' },
  base: null,
  hooks: {
    logMethod(inputs, method) {
      const cleaned = inputs.map((input) => (typeof input === 'string' ? withoutSecrets(input) : input));
      method.apply(this, cleaned as Parameters<typeof method>);
    },
  },
  serializers: { error: errorFacts, err: errorFacts },
});

/** An error as a log may hold it: no bodies, no headers, no secrets. */
export function errorFacts(error: unknown): object {
  if (!(error instanceof Error)) return { message: withoutSecrets(String(error)) };
  return { name: error.name, message: withoutSecrets(error.message), stack: withoutSecrets(error.stack ?? '') };
}

/** Where log lines go. Each is cleaned once more as a whole: whatever the facts held, no secret passes. */
export const logStream = (write: (line: string) => void = (line) => process.stdout.write(line)) => ({
  write: (line: string) => write(withoutSecrets(line)),
});

export const openLog = (level: string): Logger => pino(loggerOptions(level), logStream());
export const silentLog: Logger = { info: () => {}, warn: () => {}, error: () => {} };
