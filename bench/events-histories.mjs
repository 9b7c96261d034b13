// Histories of customers as Stripe would tell of them: several changes, most of them within one second, told by events that
// come twice, late and in any order, while the changes go on. At the end what a program holds of each customer is compared
// with what stands at the sandbox: his default payment method, and whose each card is.
import { eventOf, pushOf } from './events-world.mjs';
import { sendAll } from './send-all.mjs';
import { forEachOf } from './tollbridge.mjs';

const PLAYED_AT_ONCE = 16;
const CONNECTIONS = 32;
/** So many histories go on together, and their events are mixed. */
const BATCH = 100;
const STEPS_MIN = 3;
const STEPS_MAX = 6;
const SECOND_DELIVERY_PERCENT = 40;

/** Plays one history for each customer to one program. */
export async function playHistories(world, { port, path, settled, held }, customers) {
  const random = seeded(20_261_127);
  const histories = customers.map((customer) => ({ customer, events: [], deliveries: [] }));
  let deliveries = 0;
  for (let from = 0; from < histories.length; from += BATCH) {
    const batch = histories.slice(from, from + BATCH);
    // What the first half made is on its way while the second half is made, and mixed with what that makes.
    const early = await playHalf(world, batch, random);
    const [, late] = await Promise.all([deliver(early.sent, { port, path }), playHalf(world, batch, random)]);
    const rest = shuffled([...early.kept, ...late.sent, ...late.kept], random);
    await deliver(rest, { port, path });
    deliveries += early.sent.length + rest.length;
  }
  await settled();
  const state = await held();
  const judged = await forEachOf(histories, PLAYED_AT_ONCE, (history) => isRight(world, history, state));
  return {
    judged: judged.length,
    right: judged.filter((right) => right).length,
    deliveries,
    withTies: histories.filter(({ events }) => new Set(events.map(({ created }) => created)).size < events.length)
      .length,
  };
}

/** Some steps of each history. Of the deliveries they make about half are sent at once, the others kept back. */
async function playHalf(world, batch, random) {
  const plans = batch.map((history) => ({
    history,
    steps: Array.from({ length: between(random, STEPS_MIN, STEPS_MAX) / 2 + 1 }, () => random()),
  }));
  await forEachOf(plans, PLAYED_AT_ONCE, async ({ history, steps }) => {
    for (const step of steps) history.events.push(...(await change(world, history.customer, step)));
  });
  const all = batch.flatMap(({ events, deliveries }) => {
    const fresh = events.slice(deliveries.length);
    deliveries.push(...fresh);
    return fresh.flatMap((event) => (random() * 100 < SECOND_DELIVERY_PERCENT ? [event, event] : [event]));
  });
  const mixed = shuffled(all, random);
  const half = Math.ceil(mixed.length / 2);
  return { sent: mixed.slice(0, half), kept: mixed.slice(half) };
}

const deliver = (events, { port, path }) =>
  sendAll(
    events.map((event) => pushOf(event, path)),
    { port, connections: CONNECTIONS },
  );

/** One change at the sandbox, and the events that tell of it: another default, a new card, or a card that goes. */
async function change({ stripe }, customer, chance) {
  const { stripeId, cardIds } = customer;
  const spare = cardIds.filter((_, index) => index !== customer.defaultIndex);
  if (chance < 0.25) {
    const card = await stripe('POST', '/v1/payment_methods/pm_card_visa/attach', { customer: stripeId });
    cardIds.push(card.id);
    return [eventOf('payment_method.attached', card)];
  }
  if (chance < 0.5 && spare.length > 1) {
    const chosen = cardIds[customer.defaultIndex];
    const card = await stripe('POST', `/v1/payment_methods/${spare[0]}/detach`);
    cardIds.splice(cardIds.indexOf(card.id), 1);
    customer.defaultIndex = cardIds.indexOf(chosen);
    return [eventOf('payment_method.detached', card)];
  }
  customer.defaultIndex = (customer.defaultIndex + 1) % cardIds.length;
  const fields = { 'invoice_settings[default_payment_method]': cardIds[customer.defaultIndex] };
  return [eventOf('customer.updated', await stripe('POST', `/v1/customers/${stripeId}`, fields))];
}

/** Only what was told of in this history is judged: nobody can know the rest from events. */
async function isRight({ stripe }, { customer, events }, { defaultOf, customerOf }) {
  const told = (type) => events.filter((event) => event.type.startsWith(type)).map((event) => event.data.object.id);
  if (told('customer.').length > 0) {
    const { invoice_settings: settings } = await stripe('GET', `/v1/customers/${customer.stripeId}`);
    if (defaultOf.get(customer.stripeId) !== settings.default_payment_method) return false;
  }
  for (const id of new Set(told('payment_method.'))) {
    const card = await stripe('GET', `/v1/payment_methods/${id}`);
    // Unknown and not attached are the same to whoever wants to charge it.
    if ((customerOf.get(id) ?? null) !== card.customer) return false;
  }
  return true;
}

const between = (random, least, most) => least + Math.floor(random() * (most - least + 1));

function shuffled(items, random) {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

/** Mulberry32: the same histories in every run. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
