import { pageStyle } from './page-style.js';

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

interface Around {
  /** Beside the style of every page. */
  readonly style?: string;
  /** HTML between the first line and the page. */
  readonly nav?: string;
}

/** A whole page that says on its first line that it is a sandbox and no real card belongs here. `body` is HTML. */
export const sandboxPage = (
  title: string,
  body: string,
  { style = '', nav = '' }: Around = {},
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – sandbox</title>
<link rel="icon" href="data:,">
<style>${pageStyle}${style}</style>
</head>
<body>
<header><p><strong>Sandbox</strong> this is not Stripe. No real card or bank is reached; use test cards only.</p></header>
${nav}<main id="content">
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
