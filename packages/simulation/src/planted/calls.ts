import type { StripeGateway } from '@tollbridge/server/stripe/gateway';

/** One call of the official SDK, such as `paymentIntents.create`, before it is made. */
export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Makes it, with these arguments. */
  send(args: readonly unknown[]): Promise<unknown>;
}

export type AroundCall = (call: Call) => Promise<unknown>;

/** The gateway, with something done around every call. */
export const withCalls = (stripe: StripeGateway, around: AroundCall): StripeGateway => ({
  ...stripe,
  call: (access, use) => stripe.call(access, (client) => use(surrounded(client, '', around))),
});

type Callable = (...args: readonly unknown[]) => Promise<unknown>;

/** The client, or a part of it such as `client.checkout`, whose functions pass through `around`. */
function surrounded<Part extends object>(part: Part, path: string, around: AroundCall): Part {
  return new Proxy(part, {
    get(_part, field) {
      const value: unknown = Reflect.get(part, field);
      if (typeof field === 'symbol') return value;
      const name = path === '' ? field : `${path}.${field}`;
      if (typeof value === 'function') {
        const send = (args: readonly unknown[]) => Reflect.apply(value as Callable, part, args);
        return (...args: readonly unknown[]) => around({ name, args, send });
      }
      return typeof value === 'object' && value !== null ? surrounded(value, name, around) : value;
    },
  });
}

interface Keyed {
  readonly idempotencyKey: string;
}

const isKeyed = (argument: unknown): argument is Keyed =>
  typeof argument === 'object' && argument !== null && 'idempotencyKey' in argument;

/** The arguments of a call, under another idempotency key; those of a call without a key stay as they are. */
export const withKey = (args: readonly unknown[], change: (key: string) => string): readonly unknown[] =>
  args.map((argument) =>
    isKeyed(argument) ? { ...argument, idempotencyKey: change(argument.idempotencyKey) } : argument,
  );
