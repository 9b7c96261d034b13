import type { PageRequest } from '../operation.js';
import type { FieldError } from '../pages/text-field.js';
import type { CustomerObject } from '../resources/customers/customer.js';
import type { Work } from '../work.js';
import type { PortalConfigurationObject } from './portal-configurations.js';
import type { PortalSessionObject } from './portal-session.js';

/** Somebody in the portal: all that a page shows and does is within this. */
export interface Visit {
  /** In the customer's time. */
  readonly work: Work;
  /** In the account's own time, which is that of the session. */
  readonly account: Work;
  readonly session: PortalSessionObject;
  readonly configuration: PortalConfigurationObject;
  readonly customer: CustomerObject;
  readonly request: PageRequest;
}

/** What a form shows again when it was refused. */
export interface Retry {
  readonly error: FieldError | null;
  readonly typed: URLSearchParams;
}

export const firstTry: Retry = { error: null, typed: new URLSearchParams() };

/** One form of the portal. */
export interface PortalForm {
  readonly title: string;
  /** Whether the configuration has it. */
  isOpen(visit: Visit): boolean;
  /** The HTML below the title. */
  show(visit: Visit, retry: Retry): string;
  /** Does it; throws a Refusal that the form shows. An address is where the visitor must go before it is done. */
  submit(visit: Visit): string | undefined;
}

/** What the form or the address says. */
export const asked = ({ request }: Visit, name: string): string =>
  (request.form.get(name) ?? request.query.get(name) ?? '').trim();
