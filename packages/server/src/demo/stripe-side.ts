/** What people do at Stripe: the operator in the dashboard, the payer on Stripe's pages. Plain requests, as a script would. */
export class StripeSide {
  readonly #sandboxUrl: string;
  readonly #secretKey: string;

  constructor(sandboxUrl: string, secretKey: string) {
    this.#sandboxUrl = sandboxUrl;
    this.#secretKey = secretKey;
  }

  /** A call to Stripe's API with the account's own key. */
  async call<Answer>(method: string, path: string, form: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const isRead = method === 'GET';
    const query = isRead && Object.keys(form).length > 0 ? `?${new URLSearchParams(form)}` : '';
    const response = await fetch(`${this.#sandboxUrl}${path}${query}`, {
      method,
      headers: { authorization: `Bearer ${this.#secretKey}` },
      ...(isRead ? {} : { body: new URLSearchParams(form) }),
    });
    const answer = (await response.json()) as Answer;
    if (!response.ok)
      throw new Error(`Stripe answered ${response.status} to ${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Steers the sandbox itself. */
  async steer(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.#sandboxUrl}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${path}: ${await response.text()}`);
  }

  /** Fills in a hosted page with a card, and passes the bank's question if it asks one. Gives where it led in the end. */
  async fillIn(pageUrl: string, card: string): Promise<string> {
    const next = await submit(pageUrl, { card, email: 'ada@example.com' });
    return next.includes('/challenge/') ? this.authenticate(next) : next;
  }

  /** Answers the bank's question on its page. */
  authenticate(pageUrl: string): Promise<string> {
    return submit(pageUrl, { outcome: 'complete' });
  }
}

async function submit(pageUrl: string, form: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(pageUrl, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  const location = response.headers.get('location');
  if (response.status !== 303 || location === null)
    throw new Error(`the hosted page answered ${response.status} instead of going on`);
  return new URL(location, pageUrl).toString();
}
