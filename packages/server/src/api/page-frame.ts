import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem }
h1 { margin: .25rem 0 1.5rem }
address { font-style: normal }
dl { display: grid; gap: .25rem 2rem; grid-template-columns: max-content 1fr; margin: 0 0 1.5rem }
dt { opacity: .7 }
dd { margin: 0 }
small { font-size: .875rem; opacity: .75 }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #8886; padding: .5rem 0; text-align: left; vertical-align: top }
.amount { text-align: right; white-space: nowrap }
.due { font-size: 1.25rem; font-weight: 600 }
.notice { border-left: .25rem solid #c60; padding: .25rem .75rem }
form { margin: 1.5rem 0 }
button { background: #1d4ed8; border: 0; border-radius: .375rem; color: #fff; cursor: pointer; font: inherit;
  font-weight: 600; padding: .75rem 1.75rem }
button:hover { background: #1e40af }
button:focus-visible { outline: 3px solid #93c5fd; outline-offset: 2px }
@media (max-width: 30rem) { button { width: 100% } }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Where the forms of a page may lead: to nowhere, or to this server and, by its redirects, to pages of Stripe's. */
export type FormTarget = 'nowhere' | 'stripe' | 'stripe_and_plain_http';

const FORM_ACTIONS: Readonly<Record<FormTarget, string>> = {
  nowhere: "'none'",
  stripe: "'self' https:",
  stripe_and_plain_http: "'self' https: http:",
};

/**
 * Of the pages that this server shows by itself: nothing but their own style, no scripts at all, seen by nobody else.
 * Browsers apply `form-action` to the redirect that follows a form too.
 */
export const pageHeaders = (forms: FormTarget): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action ${FORM_ACTIONS[forms]}; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
});

/** A whole page around a body, which is HTML already. */
export function pageDocument(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand anywhere in a page. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
