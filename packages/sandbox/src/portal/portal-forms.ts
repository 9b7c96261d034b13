import { cancelForm, keepForm } from './portal-cancel.js';
import { customerForm, taxIdForm } from './portal-customer.js';
import { defaultMethodForm, newMethodForm, removeMethodForm } from './portal-methods.js';
import { confirmForm, updateForm } from './portal-update.js';
import type { PortalForm } from './portal-visit.js';

/** By the name that `?page=` gives them. */
export const portalForms: Readonly<Record<string, PortalForm>> = {
  customer: customerForm,
  tax_id: taxIdForm,
  payment_method: newMethodForm,
  default_payment_method: defaultMethodForm,
  remove_payment_method: removeMethodForm,
  cancel: cancelForm,
  keep: keepForm,
  update: updateForm,
  confirm: confirmForm,
};
