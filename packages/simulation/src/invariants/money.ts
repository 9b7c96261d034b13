import { minorOf } from '../stage/minor-of.js';
import type { Universe } from '../stage/universe.js';
import { type AtStripe, atStripe } from './at-stripe.js';
import type { Rule } from './rule.js';

/** Pending is for what stands in the way: where nothing does, an invoice is tried, and then it is paid or failed (INV-2). */
async function whatIsDueWasTried(universe: Universe): Promise<string[]> {
  const rows = await universe.ask(`
select i.id, i.payment_status_reason as reason
from invoices i
join customers c on c.environment_id = i.environment_id
  and c.id = i.customer_id
  and c.deleted_at is null
  and c.provider_customer_id is not null
join connections k on k.environment_id = c.environment_id
  and k.id = c.connection_id
  and k.status = 'connected'
  and k.enabled
  and k.card_payments in ('active', 'unknown')
where i.status = 'finalized'
  and i.payment_status = 'pending'
  and i.open_payment_id is null
  and i.collection_method = 'charge_automatically'
  and i.total_minor > i.paid_minor + i.credited_minor
  and not exists (
    select 1
    from disputes d
    where d.environment_id = i.environment_id
      and d.customer_id = i.customer_id
      and d.outcome is null
  )`);
  return rows.map((row) => `${row.id} stands pending (${row.reason}), and nothing is in its way`);
}

async function everyCallWasAnswered(universe: Universe): Promise<string[]> {
  const rows = await universe.ask(`
select id, status
from payments
where status in ('creating', 'confirming', 'canceling')`);
  return rows.map((row) => `${row.id} is ${row.status} for ever`);
}

/** Every charge counts, refunded or not: more than the invoice was only taken where our rows say so themselves. */
async function chargedOnlyWhatIsExplained(universe: Universe): Promise<string[]> {
  const rows = await universe.ask(`
select i.id, i.total_minor, coalesce(sum(p.amount_minor - p.applied_minor), 0)::bigint as excess
from invoices i
left join payments p on p.environment_id = i.environment_id
  and p.invoice_id = i.id
  and p.status = 'succeeded'
  and p.kind <> 'offline'
group by i.environment_id, i.id`);
  const charged = new Map<string, bigint>();
  for (const charge of atStripe(universe, 'charge').values()) {
    const invoice = (charge.metadata as Record<string, string>).tollbridge_invoice;
    if (invoice === undefined || charge.status !== 'succeeded') continue;
    charged.set(invoice, (charged.get(invoice) ?? 0n) + minorOf(charge.amount, charge.currency));
  }
  return rows.flatMap((row) => {
    const taken = charged.get(row.id as string) ?? 0n;
    const explained = (row.total_minor as bigint) + (row.excess as bigint);
    return taken > explained
      ? [`${row.id} of ${row.total_minor} was charged ${taken}, explained are ${explained}`]
      : [];
  });
}

/** What no invoice needed went back (INV-7), unless Stripe could not give it back: then it is the customer's credit. */
async function excessWentBack(universe: Universe): Promise<string[]> {
  const rows = await universe.ask(`
select p.id, p.currency, p.amount_minor - p.applied_minor as excess,
  coalesce(sum(r.from_overpayment_minor) filter (where r.status in ('pending', 'succeeded')), 0)::bigint as back,
  coalesce(bool_or(r.from_overpayment_minor > 0 and r.from_overpayment_minor < r.amount_minor)
    filter (where r.status in ('pending', 'succeeded')), false) as takes_along,
  count(r.id) filter (where r.status in ('failed', 'canceled'))::integer as failed
from payments p
left join refunds r on r.environment_id = p.environment_id
  and r.payment_id = p.id
  and r.credit_note_id is null
where p.status = 'succeeded'
  and p.kind <> 'offline'
group by p.environment_id, p.id`);
  // Stripe moves no single thousandth of a dinar: those stay, unless a refund that somebody asks for takes them along.
  const whole = ({ currency, excess }: Readonly<Record<string, unknown>>) =>
    (excess as bigint) - ((excess as bigint) % (currency === 'kwd' ? 10n : 1n));
  return rows
    .filter((row) => {
      const back = row.back as bigint;
      const most = row.takes_along === true ? (row.excess as bigint) : whole(row);
      return back > most || (row.failed === 0 && back < whole(row));
    })
    .map((row) => `${row.id} brought ${row.excess} too much, ${row.back} of it went back`);
}

/** What still could bring money for an invoice that needs none: it would be taken, and had to go back. */
const ALIVE = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture'];

async function nothingAliveForWhatIsEnded(universe: Universe): Promise<string[]> {
  const rows = await universe.ask(`
select id
from invoices
where status in ('paid', 'void')`);
  const ended = new Set(rows.map(({ id }) => id));
  const isOfEnded = (object: AtStripe) =>
    ended.has((object.metadata as Record<string, string> | undefined)?.tollbridge_invoice);
  const intents = [...atStripe(universe, 'payment_intent').values()];
  const pages = [...atStripe(universe, 'checkout.session').values()];
  return [
    ...intents.filter((intent) => ALIVE.includes(`${intent.status}`) && isOfEnded(intent)),
    ...pages.filter((page) => page.status === 'open' && isOfEnded(page)),
  ].map((object) => `${object.id} is ${object.status}, and its invoice needs no money any more`);
}

/** Of each connection by itself, in each currency. */
async function clearingEqualsBalance(universe: Universe): Promise<string[]> {
  const connections = await universe.ask(
    'select id, stripe_account_id as account from connections where stripe_account_id is not null',
  );
  const rows = await universe.ask(`
select owner_id as id, currency, sum(amount_minor)::bigint as amount
from ledger_entries
where account = 'stripe_clearing'
group by owner_id, currency`);
  return connections.flatMap(({ id, account }) => {
    const nets = new Map<unknown, bigint>();
    for (const entry of universe.objectsAtStripe(account as string, 'balance_transaction') as AtStripe[])
      nets.set(entry.currency, (nets.get(entry.currency) ?? 0n) + minorOf(entry.net, entry.currency));
    const books = new Map(rows.filter((row) => row.id === id).map((row) => [row.currency, row.amount as bigint]));
    return [...new Set([...nets.keys(), ...books.keys()])]
      .filter((currency) => (nets.get(currency) ?? 0n) !== (books.get(currency) ?? 0n))
      .map(
        (currency) =>
          `clearing of ${id} in ${currency} is ${books.get(currency) ?? 0n}, Stripe's balance ${nets.get(currency) ?? 0n}`,
      );
  });
}

export const MONEY_RULES: readonly Rule[] = [
  ['due_was_tried', whatIsDueWasTried],
  ['calls_were_answered', everyCallWasAnswered],
  ['charges_are_explained', chargedOnlyWhatIsExplained],
  ['excess_went_back', excessWentBack],
  ['nothing_alive_for_ended', nothingAliveForWhatIsEnded],
  ['clearing_is_balance', clearingEqualsBalance],
];
