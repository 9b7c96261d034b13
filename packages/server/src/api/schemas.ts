import { type Instant, instantFromIso } from '@tollbridge/core';
import { z } from 'zod';
import type { PageRequest } from '../store/pages.js';

/** Parts that many operations share. */
export const idParams = z.strictObject({ id: z.string().min(1).max(100) });

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(10).describe('How many to give, 1 to 100.'),
  starting_after: z.string().min(1).max(100).optional().describe('The id after which the page begins.'),
  ending_before: z.string().min(1).max(100).optional().describe('The id before which the page ends.'),
};

export interface PageQuery {
  readonly limit: number;
  readonly starting_after?: string | undefined;
  readonly ending_before?: string | undefined;
}

export const pageRequestOf = (query: PageQuery): PageRequest => ({
  limit: query.limit,
  startingAfter: query.starting_after ?? null,
  endingBefore: query.ending_before ?? null,
});

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ object: z.literal('list'), data: z.array(item), has_more: z.boolean() });

export const errorAnswer = z
  .object({
    error: z.object({
      type: z.string(),
      code: z.string(),
      message: z.string(),
      param: z.string().nullable(),
      details: z.record(z.string(), z.unknown()).optional(),
      doc_url: z.string(),
      request_id: z.string(),
    }),
  })
  .meta({ id: 'Error' });

/** The refusals every operation can give, for its documentation. */
export const errorResponses = {
  '4xx': errorAnswer.describe('Refused; `error.code` is stable.'),
  '5xx': errorAnswer.describe('Not done, for a reason on our side.'),
};

/** Stripe's limits for metadata, so that what we take can be carried over. */
export const metadata = z
  .record(
    z
      .string()
      .min(1)
      .max(40)
      .regex(/^[^[\]]+$/, 'a key may not hold square brackets'),
    z.string().max(500),
  )
  .refine((entries) => Object.keys(entries).length <= 50, 'at most 50 keys')
  .describe('Up to 50 keys of 40 characters with values of 500.');

/** An instant as ISO 8601 in UTC. */
export const instantText = z.string().describe('ISO 8601, UTC.');

/** An instant that a caller gives. */
export const instantInput = z
  .string()
  .max(40)
  .meta({ format: 'date-time' })
  .transform((text, check): Instant => {
    const parsed = instantFromIso(text);
    if (parsed.ok) return parsed.value;
    check.addIssue({ code: 'custom', message: INSTANT_WANTED });
    return z.NEVER;
  });

const INSTANT_WANTED =
  'an instant of ISO 8601 with its offset, in the years 1970 to 9999, such as 2027-03-01T09:00:00Z';

/** Minor units of the currency, exact in JSON. */
export const amount = z.number().int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
export const currencyText = z.string().regex(/^[a-z]{3}$/, 'three lower-case letters of ISO 4217');

/** The answer to a deletion, as Stripe gives it. */
export const deletedAnswer = <Kind extends string>(kind: Kind) =>
  z.object({ object: z.literal(kind), id: z.string(), deleted: z.literal(true) });
