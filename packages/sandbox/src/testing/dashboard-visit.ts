import { expect } from 'vitest';
import type { RunningSandbox } from './running-sandbox.js';

/** Somebody at the dashboard of one account, with a browser or with curl. */
export interface DashboardVisit {
  readonly accountId: string;
  /** The page at this address, below that of the account. */
  look(path: string): Promise<string>;
  /** Sends a form of the page and gives the address it leads to, from its own door on. */
  send(path: string, fields: Fields): Promise<string>;
  /** Sends a form and gives whatever is answered. */
  try(path: string, fields: Fields, headers?: Readonly<Record<string, string>>): Promise<Shown>;
}

type Fields = Readonly<Record<string, string | readonly string[]>>;

export interface Shown {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

export const visitDashboard = async (sandbox: RunningSandbox, key: string): Promise<DashboardVisit> => {
  // The first request with a key opens its account.
  await sandbox.stripe(key).balance.retrieve();
  const { data } = (await sandbox.control('GET', 'accounts')) as { data: { id: string; key: string }[] };
  const accountId = data.find((account) => account.key === key)?.id ?? '';
  const door = `/dashboard/${accountId}`;
  const trySending: DashboardVisit['try'] = async (path, fields, headers = {}) => {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
    const init = { method: 'POST', body, redirect: 'manual', headers } as const;
    const answer = await fetch(`${sandbox.server.url}${door}${path}`, init);
    return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') };
  };
  return {
    accountId,
    look: async (path) => {
      const answer = await fetch(`${sandbox.server.url}${door}${path}`);
      expect(answer.status).toBe(200);
      return answer.text();
    },
    send: async (path, fields) => {
      const { status, location, text } = await trySending(path, fields);
      expect(`${status} ${status === 303 ? '' : text}`).toBe('303 ');
      return (location ?? '').replace(door, '').split('?')[0] ?? '';
    },
    try: trySending,
  };
};
