import { isIP } from 'node:net';

/** Listening at one of these is listening at every address the machine has. */
const everyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * The hosts the sandbox may be asked by. A page of anybody's can let its own name lead to this machine (DNS rebinding) and
 * is of the same origin then, so that no other check keeps it out; what it cannot do is to be asked for by another name
 * than its own. Ports do not matter: a name is another's on every port.
 */
export class KnownHosts {
  readonly #names: ReadonlySet<string>;
  readonly #isEveryAddress: boolean;

  /** Addresses it listens at, and names that lead there by somebody's configuration. */
  constructor(hosts: readonly string[]) {
    this.#names = new Set(hosts.map((host) => host.toLowerCase()));
    this.#isEveryAddress = hosts.some((host) => everyAddress.has(host));
  }

  /** Whether this `Host` header is of this machine, of a known name or of `baseUrl`. */
  has(header: string, baseUrl: string): boolean {
    const name = nameOf(header);
    if (name === '' || isLoopback(name) || this.#names.has(name)) return true;
    return (
      (this.#isEveryAddress && isIP(name) !== 0) ||
      name === (URL.canParse(baseUrl) ? nameOf(new URL(baseUrl).host) : '')
    );
  }
}

/** Without its port and an IPv6 address's brackets. A program that sends no name is no page. */
const nameOf = (header: string): string => {
  const bracketed = /^\[([^\]]*)\](:\d*)?$/.exec(header);
  return (bracketed?.[1] ?? header.replace(/:\d*$/, '')).toLowerCase();
};

/** https://www.rfc-editor.org/rfc/rfc6761#section-6.3 says that whatever ends in `.localhost` is this machine. */
const isLoopback = (name: string): boolean =>
  name === 'localhost' ||
  name.endsWith('.localhost') ||
  name === '::1' ||
  (isIP(name) === 4 && name.startsWith('127.'));

/** What is said to whoever asks by another name. */
export const unknownHost = (header: string): string =>
  `The sandbox is not known as '${header}' and answers nothing there, because any web page can let a name of its own lead to this machine. If the name is yours, start the sandbox with --allow-host ${nameOf(header)}, or with --public-url and the address that pages are to be opened at.`;
