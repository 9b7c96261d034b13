import type { Universe } from './universe.js';

type AtStripe = Readonly<Record<string, unknown>> & { readonly id: string };

/** What must be true of the money once nothing is under way. Gives what is not. */
export async function moneyViolations(universe: Universe): Promise<string[]> {
  return [
    ...(await whatIsDueWasTried(universe)),
    ...(await everyCallWasAnswered(universe)),
    ...(await chargedOnlyWhatIsExplained(universe)),
    ...(await excessWentBack(universe)),
  ];
}

/** Pending is for what stands in the way: where nothing does, an invoice is tried, and then it is paid or failed (INV-2). */
async function whatIsDueWasTried(universe: Universe): Promise<string[]> {
  const rows = await universe.database.query({
    text: `
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
where i.environment_id = $1
  and i.status = 'finalized'
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
  )`,
    values: [universe.environmentId],
  });
  return rows.map((row) => `${row.id} stands pending (${row.reason}), and nothing is in its way`);
}

async function everyCallWasAnswered(universe: Universe): Promise<string[]> {
  const rows = await universe.database.query({
    text: `
select id, status
from payments
where environment_id = $1
  and status in ('creating', 'confirming', 'canceling')`,
    values: [universe.environmentId],
  });
  return rows.map((row) => `${row.id} is ${row.status} for ever`);
}

/** Every charge counts, refunded or not: more than the invoice was only taken where our rows say so themselves. */
async function chargedOnlyWhatIsExplained(universe: Universe): Promise<string[]> {
  const rows = await universe.database.query({
    text: `
select i.id, i.total_minor, coalesce(sum(p.amount_minor - p.applied_minor), 0)::bigint as excess
from invoices i
left join payments p on p.environment_id = i.environment_id
  and p.invoice_id = i.id
  and p.status = 'succeeded'
  and p.kind <> 'offline'
where i.environment_id = $1
group by i.environment_id, i.id`,
    values: [universe.environmentId],
  });
  const charged = new Map<string, bigint>();
  for (const charge of universe.objectsAtStripe('charge') as AtStripe[]) {
    const invoice = (charge.metadata as Record<string, string>).tollbridge_invoice;
    if (invoice === undefined || charge.status !== 'succeeded') continue;
    charged.set(invoice, (charged.get(invoice) ?? 0n) + BigInt(charge.amount as number));
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
  const rows = await universe.database.query({
    text: `
select p.id, p.amount_minor - p.applied_minor as excess,
  coalesce(sum(r.from_overpayment_minor) filter (where r.status in ('pending', 'succeeded')), 0)::bigint as back,
  count(r.id) filter (where r.status in ('failed', 'canceled'))::integer as failed
from payments p
left join refunds r on r.environment_id = p.environment_id
  and r.payment_id = p.id
  and r.credit_note_id is null
where p.environment_id = $1
  and p.status = 'succeeded'
  and p.kind <> 'offline'
group by p.environment_id, p.id`,
    values: [universe.environmentId],
  });
  return rows
    .filter((row) => (row.failed === 0 ? row.back !== row.excess : (row.back as bigint) > (row.excess as bigint)))
    .map((row) => `${row.id} brought ${row.excess} too much, ${row.back} of it went back`);
}
