import { z } from 'zod';
import { lookAfterReturn } from '../../actions/look-after-return.js';
import { pageHeaders } from '../page-frame.js';
import { expiredPageHtml, returnedPageHtml } from '../return-page.js';
import { type Routes, typedApp } from '../typed-app.js';

const params = z.strictObject({ id: z.string().min(1).max(100) });
/** Whatever Stripe adds to an address. */
const querystring = z.object({});

/**
 * Where Stripe's pages lead a person back to. Whoever knows a connection's id sees nothing of it here: all that follows is a
 * look at the account.
 */
export const returnPagesRoutes: Routes = (app, context) => {
  const pages = typedApp(app);
  pages.get('/connect/:id/returned', { schema: { hide: true, params, querystring } }, async (request, reply) => {
    await lookAfterReturn(context, request.params.id);
    return reply.headers(pageHeaders('nowhere')).send(returnedPageHtml());
  });
  pages.get('/connect/:id/expired', { schema: { hide: true, params, querystring } }, async (_request, reply) =>
    reply.headers(pageHeaders('nowhere')).send(expiredPageHtml()),
  );
};
