/**
 * Whether a browser sent this from a page of another origin: such a page must not steer the sandbox of whoever looks at
 * it. Browsers say so in `Sec-Fetch-Site`, older ones and those on plain http in `Origin`
 * (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header, https://www.rfc-editor.org/rfc/rfc6454#section-7.3);
 * programs send neither.
 */
export const isForeign = (headers: Readonly<Record<string, string>>): boolean => {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined) return false;
  try {
    return new URL(origin).host !== host;
  } catch {
    // "null": a page that does not say where it comes from.
    return true;
  }
};
