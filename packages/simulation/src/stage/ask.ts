import type { Database } from '@tollbridge/server/store/database';

/** A question to our rows by an onlooker, past all gates. Each text is planned once, so values never stand in it. */
export type Ask = (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

const names = new Map<string, string>();

export const askOf =
  (database: Database): Ask =>
  (text, values = []) => {
    const name = names.get(text) ?? `onlooker_${names.size + 1}`;
    names.set(text, name);
    return database.query({ name, text, values });
  };
