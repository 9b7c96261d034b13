export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** A whole page that says on its first line that it is a sandbox and no real card belongs here. `body` is HTML. */
export const sandboxPage = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – sandbox</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #1f2430; background: #f5f6f8 }
header { background: #ffe7a3; padding: .5rem 1rem; font-weight: 600 }
main { max-width: 44rem; margin: 1.5rem auto; padding: 1.5rem; background: #fff; border: 1px solid #d8dce3; border-radius: .5rem }
label { display: block; margin: .75rem 0 .25rem }
input, select, button { font: inherit; padding: .5rem; border: 1px solid #8a93a3; border-radius: .25rem }
button { background: #1f4fd8; color: #fff; border-color: #1f4fd8; margin: 1rem .5rem 0 0; cursor: pointer }
button.quiet { background: #fff; color: #1f2430; border-color: #8a93a3 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #e4e7ec; vertical-align: top }
[role=alert] { background: #fdecec; border: 1px solid #c53030; padding: .5rem .75rem; border-radius: .25rem }
</style>
</head>
<body>
<header>Sandbox: this is not Stripe. No real card or bank is reached; use test cards only.</header>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
