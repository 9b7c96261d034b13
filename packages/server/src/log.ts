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

/**
 * Anything that looks like a key of Stripe's, also one that Stripe has starred out but for its ends, a signing secret, the
 * secret of an intent, or a key of ours; whatever stands before it.
 */
const SECRET_SHAPE = /((?:sk|rk|tb)_(?:test|live)_|whsec_|(?:pi|seti)_[A-Za-z0-9]{1,64}_secret_)[\w*•….+/=-]+/g;
/**
 * An address of a person's, in a URL too. What JSON escapes is passed over first, so that a line of it stays JSON: of
 * "\nada@example.com" the address begins behind the n.
 */
const ADDRESS_SHAPE =
  /(\\u[\da-f]{4}|\\.)|[^\s"'`<>()[\]{},;:=@\\/|]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,63}/giu;

/** A text as it may be logged, stored and shown: no keys or parts of them, and nobody's e-mail address. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(SECRET_SHAPE, (_secret, kind: string) => `${kind}…`)
    .replace(ADDRESS_SHAPE, (_found, escaped: string | undefined) => escaped ?? '[e-mail]');

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
