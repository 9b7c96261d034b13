/** The product's own name in the frame of Swagger UI: a bridge of two arches, drawn as a picture without a file. */
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 220 40" role="img" aria-label="Tollbridge">
<path d="M4 32V14h44v18M4 20h44M10 32v-6a7 7 0 0 1 14 0v6M28 32v-6a7 7 0 0 1 14 0v6" fill="none" stroke="#fff" stroke-width="3"/>
<text x="60" y="29" fill="#fff" font-family="system-ui,sans-serif" font-size="24" font-weight="600">Tollbridge</text>
</svg>`;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 52 40">
<path d="M4 32V10h44v22M4 18h44M10 32v-6a7 7 0 0 1 14 0v6M28 32v-6a7 7 0 0 1 14 0v6" fill="none" stroke="#1d4ed8" stroke-width="4"/>
</svg>`;

export const swaggerLook = {
  logo: { type: 'image/svg+xml', content: Buffer.from(LOGO), href: '/docs', target: '_self' as const },
  theme: {
    title: 'Tollbridge API',
    favicon: [{ filename: 'icon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: ICON }],
  },
};
