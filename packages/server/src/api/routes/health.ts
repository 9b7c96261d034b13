import type { Routes } from '../typed-app.js';

/** `/healthz`: the process lives. `/readyz`: it can do its work, which needs the database. */
export const healthRoutes: Routes = (app, context) => {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async () => {
    await context.db.query({ text: 'select 1 as one' });
    return { status: 'ready' };
  });
};
