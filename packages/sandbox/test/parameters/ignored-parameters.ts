/** Parameters that are taken and change nothing, and why nobody is misled by it. */
export const ignoredParameters: readonly { readonly named: RegExp; readonly why: string }[] = [
  {
    named:
      /^(branding_settings|consent_collection|custom_fields|custom_text|name_collection|phone_number_collection)\[/,
    why: 'Only a page asks for it or shows it.',
  },
  { named: /^(shipping_address_collection|permissions)\[/, why: 'The page collects no address.' },
  { named: /^saved_payment_method_options\[/, why: 'The page shows no methods that are saved already.' },
  { named: /^radar_options\[/, why: 'A hint to Radar, which there is none of.' },
  { named: /^mandate_data\[/, why: 'Mandates have no details.' },
  { named: /^payment_details\[/, why: "A reference for the sender's own books." },
  { named: /^tax\[/, why: 'There is no automatic tax to know a place for.' },
  { named: /^card\[networks\]|^payment_method_options\[card\]\[network\]/, why: 'Test cards have one network.' },
  {
    named:
      /^payment_method_options\[card\]\[(cvc_token|statement_descriptor_suffix_kan(a|ji)|(setup|stored)_credential_usage)\]/,
    why: 'What the bank is told beside; test cards decide by their number alone.',
  },
  {
    named: /^payment_method_options\[sepa_debit\]\[mandate_options\]/,
    why: 'Mandates have no details.',
  },
  {
    named: /^payment_method_options\[(?!card\]|customer_balance\]|sepa_debit\])\w+\]/,
    why: 'Of a method that is not served, which at Stripe too says nothing while another one pays.',
  },
  {
    named: /^(acss_debit|au_becs_debit|bacs_debit|boleto|custom|eps|fpx|ideal|klarna|naver_pay|nz_bank_account)\[/,
    why: 'Of another type than the method that is made.',
  },
  {
    named: /^(p24|payto|sepa_debit|sofort|upi|us_bank_account)\[/,
    why: 'Of another type than the method that is made.',
  },
  { named: /^card\[(cvc|exp_month|exp_year|number)\]$/, why: 'A token says all of the card.' },
  {
    named:
      /^(amount_details\[enforce_arithmetic_validation|automatic_payment_methods\[enabled|product_data\[active)\]$/,
    why: 'What is true unless it is said to be false.',
  },
  {
    named: /^((invoice_settings\[)?issuer)\]?(\[type\])?$/,
    why: 'The account itself, as it is anyway; others are refused.',
  },
  {
    named: /^((subscription_data|subscription_details)\[)?billing_mode\]?(\[type\])?$/,
    why: 'As it is anyway in the version that asks.',
  },
  {
    named: /^subscription_details\[(cancel_at_period_end|metadata|proration_behavior)\]$/,
    why: 'Changes nothing of the amounts where nothing is prorated.',
  },
  {
    named: /^subscription_details\[billing_cycle_anchor\]$/,
    why: 'A period that begins anew at the moment at which it began, as in the sweep, is as it was.',
  },
  {
    named: /^bill_for\[(outstanding_usage_through\]|unused_time_from\]$)/,
    why: 'What is counted from now anyway; the usage, where something is metered.',
  },
];

/** Operations whose parameters inside others are not swept, and why. */
export const unswept: Readonly<Record<string, string>> = {
  'POST /v1/billing/meter_event_adjustments': 'It takes one identifier alone, of an event that must be there.',
  'POST /v1/charges': 'A legacy way that an account must be allowed first; it takes what a payment intent takes.',
  'POST /v1/charges/*/capture': 'Its one hash is refused whole.',
  'POST /v1/checkout/sessions/*': 'Changes metadata; its hashes are refused whole.',
  'POST /v1/customers/*/sources/*': 'Takes metadata; its one other hash is refused whole.',
  'POST /v1/disputes/*': 'Evidence is kept as it comes.',
  'POST /v1/invoices/*/lines/*': 'Takes what `add_lines` takes.',
  'POST /v1/invoices/*/remove_lines': 'Takes ids.',
  'POST /v1/invoices/*/update_lines': 'Takes what `add_lines` takes.',
  'POST /v1/payment_intents/*/increment_authorization': 'Refused as an ordinary account is.',
  'POST /v1/subscription_items/*': 'Takes what an item of `POST /v1/subscriptions` takes.',
  'POST /v1/subscriptions/*/migrate': 'Takes one mode alone.',
  'POST /v1/subscriptions/*/resume': 'Takes one type alone.',
  'POST /v2/core/account_links': 'JSON, which this sweep does not write.',
  'POST /v2/core/accounts': 'JSON, which this sweep does not write; most of it is kept and shown as it came.',
  'POST /v2/core/accounts/*': 'JSON, which this sweep does not write; most of it is kept and shown as it came.',
  'POST /v2/core/event_destinations': 'JSON, which this sweep does not write.',
  'POST /v2/core/event_destinations/*': 'JSON, which this sweep does not write.',
};
