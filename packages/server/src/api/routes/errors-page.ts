import { PROBLEMS } from '../../problems/index.js';
import type { Routes } from '../typed-app.js';

/** Where the `doc_url` of every error leads: each code with its status, its kind and what it means. */
export const errorsPageRoutes: Routes = (app) => {
  app.get('/docs/errors', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(errorsPage()),
  );
};

function errorsPage(): string {
  const rows = Object.entries(PROBLEMS)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(
      ([code, { status, type, meaning }]) =>
        `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${type}</td><td>${escaped(meaning)}</td></tr>`,
    );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tollbridge: errors</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
td, th { border-bottom: 1px solid #8884; padding: .4rem .8rem .4rem 0; text-align: left; vertical-align: top }
tr:target { background: #fd04 }
</style>
</head>
<body>
<h1>Errors</h1>
<p>Every refusal has the form <code>{"error": {"type", "code", "message", "param", "doc_url", "request_id"}}</code>. A code
never changes its meaning; messages may. Quote the request id when you report something.</p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Type</th><th>Meaning</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</body>
</html>
`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
