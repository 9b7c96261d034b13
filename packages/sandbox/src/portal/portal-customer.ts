import { invalidRequest } from '../errors.js';
import { escapeHtml } from '../pages/layout.js';
import { textField } from '../pages/text-field.js';
import { type CustomerObject, customers } from '../resources/customers/customer.js';
import { isTaxIdType, putTaxId } from '../resources/customers/tax-id.js';
import { asked, type PortalForm, type Visit } from './portal-visit.js';

type Allowed = 'address' | 'email' | 'name' | 'phone' | 'shipping' | 'tax_id';

interface Detail {
  readonly name: string;
  readonly label: string;
  readonly allowedBy: Allowed;
  readonly attributes: string;
  read(customer: CustomerObject): string | null | undefined;
}

const addressLine = (
  field: 'line1' | 'line2' | 'city' | 'state' | 'postal_code' | 'country',
  label: string,
): Detail => ({
  name: field,
  label,
  allowedBy: 'address',
  attributes: 'autocomplete="off"',
  read: ({ address }) => address?.[field],
});

const details: readonly Detail[] = [
  { name: 'name', label: 'Name', allowedBy: 'name', attributes: 'autocomplete="name"', read: (one) => one.name },
  {
    name: 'email',
    label: 'Email',
    allowedBy: 'email',
    attributes: 'type="email" autocomplete="email"',
    read: (one) => one.email,
  },
  { name: 'phone', label: 'Phone', allowedBy: 'phone', attributes: 'autocomplete="tel"', read: (one) => one.phone },
  addressLine('line1', 'Address'),
  addressLine('line2', 'Address, second line'),
  addressLine('city', 'City'),
  addressLine('state', 'State or region'),
  addressLine('postal_code', 'Postal code'),
  { ...addressLine('country', 'Country, two letters'), attributes: 'autocomplete="off" maxlength="2"' },
];

const allows = ({ configuration }: Visit, what: Allowed): boolean => {
  const { allowed_updates: allowed, enabled } = configuration.features.customer_update;
  return enabled && allowed.includes(what);
};

const changeable = (visit: Visit): readonly Detail[] => details.filter((detail) => allows(visit, detail.allowedBy));

/** Name, email, phone and address, as far as the configuration allows. */
export const customerForm: PortalForm = {
  title: 'Billing information',
  isOpen: (visit) => changeable(visit).length > 0,
  show: (visit, { error, typed }) => {
    const fields = changeable(visit).map((detail) =>
      textField(detail, typed.get(detail.name) ?? detail.read(visit.customer) ?? '', error),
    );
    return `<form method="post">${fields.join('\n')}<p class="actions"><button type="submit">Save</button></p></form>`;
  },
  submit: (visit) => {
    const { customer, work } = visit;
    const given = new Map(
      changeable(visit)
        .filter((detail) => visit.request.form.has(detail.name))
        .map((detail) => [detail.name, asked(visit, detail.name)]),
    );
    requireEmail(given.get('email'));
    const after = work.update(customers, customer, changesFrom(customer, given));
    work.emit('customer.updated', after, customer);
    return undefined;
  },
};

const requireEmail = (email: string | undefined): void => {
  if (email === undefined || /^[^\s@]+@[^\s@]+$/.test(email)) return;
  throw invalidRequest('Enter a valid email address.', { param: 'email' });
};

const changesFrom = (before: CustomerObject, given: ReadonlyMap<string, string>): Partial<CustomerObject> => {
  const changes: Record<string, unknown> = {};
  for (const name of ['name', 'email', 'phone']) {
    if (given.has(name)) changes[name] = given.get(name) || null;
  }
  const lines = details.filter(({ allowedBy, name }) => allowedBy === 'address' && given.has(name));
  if (lines.length > 0) {
    const none = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
    const address: Record<string, string | null> = { ...none, ...before.address };
    for (const { name } of lines) address[name] = given.get(name) || null;
    changes.address = Object.values(address).every((value) => value === null) ? null : address;
  }
  return changes as Partial<CustomerObject>;
};

/** A number of the tax office more. */
export const taxIdForm: PortalForm = {
  title: 'Add a tax ID',
  isOpen: (visit) => allows(visit, 'tax_id'),
  show: (_visit, { error, typed }) => {
    const type = textField(
      { name: 'type', label: 'Type', hint: 'As the API names it: eu_vat, de_stn, us_ein, …' },
      typed.get('type') ?? 'eu_vat',
      error,
    );
    const value = textField({ name: 'value', label: 'Number' }, typed.get('value') ?? '', error);
    return `<form method="post">${type}${value}<p class="actions"><button type="submit">Add</button></p></form>`;
  },
  submit: (visit) => {
    const type = asked(visit, 'type');
    if (!isTaxIdType(type)) throw invalidRequest('Unknown type of tax ID.', { param: 'type' });
    putTaxId(visit.work, visit.customer.id, { type, value: asked(visit, 'value') });
    return undefined;
  },
};

/** What is on record, for the home page. */
export const customerFacts = (customer: CustomerObject): string => {
  const rows = details.flatMap((detail) => {
    const value = detail.read(customer) ?? '';
    return value === '' ? [] : [`<dt>${detail.label}</dt><dd>${escapeHtml(value)}</dd>`];
  });
  return rows.length === 0 ? '<p>Nothing yet.</p>' : `<dl>${rows.join('')}</dl>`;
};
