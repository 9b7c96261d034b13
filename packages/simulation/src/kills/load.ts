import type { SeededRandom } from '../seeded-random.js';
import type { Trace, Write } from './book.js';
import type { Stage } from './stage.js';

/** How many ask at once. */
const CLIENTS = 6;
/** Of one client in one round: the load is bounded, whatever the machine could take. */
const WRITES_MAX = 25;

type Plan = (stage: Stage, dice: Dice) => Write | null;

/** Chance and names: each write has a name of its own, which it carries wherever it goes. */
export class Dice {
  readonly random: SeededRandom;
  readonly #run: string;
  #count = 0;

  constructor(random: SeededRandom, run: string) {
    this.random = random;
    this.#run = run;
  }

  newKey(): string {
    this.#count += 1;
    return `kills-${this.#run}-${this.#count}`;
  }
}

/** A load under way: clients of the host application and of the account's dashboard, each with one write outstanding. */
export class Load {
  readonly #done: Promise<unknown>;
  #isStopped = false;

  constructor(stage: Stage, dice: Dice) {
    this.#done = Promise.all(Array.from({ length: CLIENTS }, () => this.#client(stage, dice)));
  }

  async #client(stage: Stage, dice: Dice): Promise<void> {
    for (let count = 0; count < WRITES_MAX && !this.#isStopped; count++) {
      const write = dice.random.pickWeighted(PLANS).plan(stage, dice);
      // Who got no answer stops: whoever he asked is gone, and he will ask again when it is back.
      if (write !== null && !(await stage.book.send(write))) return;
    }
  }

  /** No new write is begun; those under way are waited for. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }
}

/** What is asked for, and how often beside the others. */
const PLANS: readonly { readonly weight: number; readonly plan: Plan }[] = [
  { weight: 3, plan: newCustomer },
  { weight: 1, plan: writeCustomer },
  { weight: 8, plan: newInvoice },
  { weight: 2, plan: newDraft },
  { weight: 3, plan: finalizeDraft },
  { weight: 1, plan: payAgain },
  { weight: 1, plan: voidInvoice },
  { weight: 1, plan: recordTransfer },
  { weight: 3, plan: refundPart },
  { weight: 2, plan: creditPart },
  { weight: 2, plan: foreignPayment },
];

function newCustomer({ tollbridge }: Stage, dice: Dice): Write {
  const key = dice.newKey();
  const body = { external_id: key, name: key, sync_with_provider: true, sync: dice.random.chance(0.3) };
  return write('new customer', key, 'customer', () => tollbridge.customers.create(body, { idempotencyKey: key }));
}

function writeCustomer({ tollbridge, payers }: Stage, dice: Dice): Write {
  const key = dice.newKey();
  const { id } = dice.random.pick(payers);
  return write('customer', key, 'customer', () =>
    tollbridge.customers.update(id, { name: `Payer ${key}` }, { idempotencyKey: key }),
  );
}

function newInvoice(stage: Stage, dice: Dice): Write {
  return invoiceWrite(stage, dice, true);
}

function newDraft(stage: Stage, dice: Dice): Write {
  return invoiceWrite(stage, dice, false);
}

function invoiceWrite({ tollbridge, payers }: Stage, dice: Dice, finalize: boolean): Write {
  const key = dice.newKey();
  const body = {
    customer_id: dice.random.pick(payers).id,
    currency: 'eur',
    metadata: { kills: key },
    lines: [{ description: 'Seats', unit_amount: 1_000 + dice.random.below(9_000), tax_rate_percent: '19' }],
    finalize,
  };
  return write(finalize ? 'new invoice' : 'new draft', key, 'invoice', () =>
    tollbridge.invoices.create(body, { idempotencyKey: key }),
  );
}

function finalizeDraft(stage: Stage, dice: Dice): Write | null {
  return ofInvoice(stage, dice, 'new draft', (id, key) =>
    write('finalize', key, 'invoice', () => stage.tollbridge.invoices.finalize(id, { idempotencyKey: key })),
  );
}

function payAgain(stage: Stage, dice: Dice): Write | null {
  return ofInvoice(stage, dice, 'new invoice', (id, key) =>
    write('pay', key, 'invoice', () => stage.tollbridge.invoices.pay(id, { idempotencyKey: key })),
  );
}

function voidInvoice(stage: Stage, dice: Dice): Write | null {
  return ofInvoice(stage, dice, 'new invoice', (id, key) =>
    write('void', key, 'invoice', () => stage.tollbridge.invoices.void(id, { idempotencyKey: key })),
  );
}

function recordTransfer(stage: Stage, dice: Dice): Write | null {
  return ofInvoice(stage, dice, 'new invoice', (id, key) =>
    write('transfer', key, 'payment', () =>
      stage.tollbridge.invoices.recordOfflinePayment(id, { amount: 100, reference: key }, { idempotencyKey: key }),
    ),
  );
}

function refundPart(stage: Stage, dice: Dice): Write | null {
  const amount = 100 + dice.random.below(200);
  return ofInvoice(stage, dice, 'new invoice', (id, key) => {
    const body = { invoice_id: id, amount, metadata: { kills: key } };
    return write('refund', key, 'refund', () => stage.tollbridge.refunds.create(body, { idempotencyKey: key }));
  });
}

function creditPart(stage: Stage, dice: Dice): Write | null {
  const amount = 100 + dice.random.below(200);
  return ofInvoice(stage, dice, 'new invoice', (id, key) => {
    const body = { amount, settle_by: 'refund' as const, metadata: { kills: key } };
    return write('credit note', key, 'credit_note', () =>
      stage.tollbridge.invoices.issueCreditNote(id, body, { idempotencyKey: key }),
    );
  });
}

/** A payment that somebody else takes through the same account: not ours to touch, but on its balance. */
function foreignPayment({ stripe }: Stage, dice: Dice): Write {
  const key = dice.newKey();
  const body = {
    amount: 1_000 + dice.random.below(9_000),
    currency: 'eur',
    payment_method: 'pm_card_visa',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
    metadata: { kills: key },
  };
  return write('foreign payment', key, 'payment_intent', () =>
    stripe.paymentIntents.create(body, { idempotencyKey: key }),
  );
}

const LATEST = 40;

/** One of the latest invoices that came of writes of a kind; null while there is none. */
function ofInvoice(
  { book }: Stage,
  dice: Dice,
  kind: string,
  make: (invoiceId: string, key: string) => Write,
): Write | null {
  const made = [...book.answered.values()].filter((each) => each.write.kind === kind).slice(-LATEST);
  return made.length === 0 ? null : make(dice.random.pick(made).trace.id, dice.newKey());
}

const write = (
  kind: string,
  key: string,
  noun: Trace['noun'],
  send: () => Promise<{ readonly id: string }>,
): Write => ({
  kind,
  key,
  send: async () => ({ noun, id: (await send()).id }),
});
