import { messages, type PGlite, protocol } from '@electric-sql/pglite';

const { serialize } = protocol;

/**
 * Distinct statements kept ready: all named questions and the usual shapes of a commit. What was not asked for longest goes
 * first; the shapes that are rare are many, and each would else push out one that is asked all the time.
 */
const PREPARED_MAX = 400;

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}

interface Prepared {
  readonly name: string;
  readonly parameterTypes: readonly number[];
  readonly fields: readonly Field[];
}

/**
 * Asks the embedded database by prepared statements. Its own `query` parses and plans every time, which inside
 * WebAssembly is nearly all of the work: a read by key took 2.8 ms that way and takes 0.24 ms this way.
 */
export class PreparedStatements {
  readonly #database: PGlite;
  readonly #prepared = new Map<string, Prepared>();
  #names = 0;

  constructor(database: PGlite) {
    this.#database = database;
  }

  /** One statement and its rows. One at a time: the database has a single connection. */
  run(text: string, values: readonly unknown[]): Promise<Record<string, unknown>[]> {
    return this.#database.runExclusive(async () => {
      const prepared = this.#used(text) ?? (await this.#prepare(text));
      const bound = values.map((value, index) => this.#serialized(value, prepared.parameterTypes[index] ?? 0));
      // One message after the other in one call: the server answers all of them, and skips to the end after an error.
      const { messages: answers } = await this.#database.execProtocol(
        joined(
          serialize.bind({ statement: prepared.name, values: bound }),
          serialize.execute({ portal: '', rows: 0 }),
          serialize.sync(),
        ),
      );
      return answers
        .filter((answer) => answer instanceof messages.DataRowMessage)
        .map((row) => this.#parsed((row as messages.DataRowMessage).fields, prepared.fields));
    });
  }

  /** Forgets all of them: what they were planned for may look different after a migration. */
  clear(): void {
    this.#prepared.clear();
  }

  /** The map's order is that of use. */
  #used(text: string): Prepared | undefined {
    const prepared = this.#prepared.get(text);
    if (prepared === undefined) return undefined;
    this.#prepared.delete(text);
    this.#prepared.set(text, prepared);
    return prepared;
  }

  async #prepare(text: string): Promise<Prepared> {
    const oldest = this.#prepared.keys().next();
    if (this.#prepared.size >= PREPARED_MAX && !oldest.done) await this.#close(oldest.value);
    this.#names += 1;
    const name = `s${this.#names}`;
    const { messages: answers } = await this.#database.execProtocol(
      joined(serialize.parse({ name, text }), serialize.describe({ type: 'S', name }), serialize.sync()),
    );
    const parameters = answers.find((answer) => answer instanceof messages.ParameterDescriptionMessage);
    const rows = answers.find((answer) => answer instanceof messages.RowDescriptionMessage);
    const prepared: Prepared = {
      name,
      parameterTypes: (parameters as messages.ParameterDescriptionMessage | undefined)?.dataTypeIDs ?? [],
      fields: (rows as messages.RowDescriptionMessage | undefined)?.fields ?? [],
    };
    this.#prepared.set(text, prepared);
    return prepared;
  }

  async #close(text: string): Promise<void> {
    const prepared = this.#prepared.get(text);
    this.#prepared.delete(text);
    if (prepared === undefined) return;
    await this.#database.execProtocol(joined(serialize.close({ type: 'S', name: prepared.name }), serialize.sync()));
  }

  #serialized(value: unknown, type: number): string | null {
    if (value === null || value === undefined) return null;
    const serializer = this.#database.serializers[type];
    return serializer === undefined ? String(value) : (serializer(value) as string);
  }

  #parsed(values: readonly (string | null)[], fields: readonly Field[]): Record<string, unknown> {
    const row: Record<string, unknown> = {};
    fields.forEach((field, index) => {
      const value = values[index] ?? null;
      const parser = this.#database.parsers[field.dataTypeID];
      row[field.name] = value === null || parser === undefined ? value : parser(value, field.dataTypeID);
    });
    return row;
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
