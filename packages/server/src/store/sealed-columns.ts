import type { Database } from './database.js';

/** Where sealed secrets are stored, and which column names the owner each is sealed for. A test keeps the list whole. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  readonly owner: string;
}

export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'connection_credentials', column: 'secret_key_sealed', owner: 'connection_id' },
  { table: 'connection_credentials', column: 'webhook_secret_sealed', owner: 'connection_id' },
  { table: 'connection_credentials', column: 'second_webhook_secret_sealed', owner: 'connection_id' },
  { table: 'stripe_platforms', column: 'endpoint_secret_sealed', owner: 'id' },
  { table: 'stripe_platforms', column: 'destination_secret_sealed', owner: 'id' },
  { table: 'invoice_links', column: 'token_sealed', owner: 'invoice_id' },
  { table: 'webhook_endpoints', column: 'secret_sealed', owner: 'id' },
  { table: 'webhook_endpoints', column: 'previous_secret_sealed', owner: 'id' },
];

export interface SealedSecret {
  readonly ownerId: string;
  readonly sealed: string;
}

/** A batch of what was sealed with another key than this one. */
export async function listSealedOtherwise(
  database: Database,
  where: SealedColumn,
  { keyId, limit }: { readonly keyId: string; readonly limit: number },
): Promise<SealedSecret[]> {
  const rows = await database.query({
    text: `
select ${where.owner} as owner_id, ${where.column} as sealed
from ${where.table}
where ${where.column} is not null
  and split_part(${where.column}, '.', 2) <> $1
limit $2`,
    values: [keyId, limit],
  });
  return rows.map((row) => ({ ownerId: row.owner_id as string, sealed: row.sealed as string }));
}

/** Puts new seals in place of old ones. A seal is unlike any other, so a row that got another meanwhile is left alone. */
export async function replaceSeals(
  database: Database,
  where: SealedColumn,
  replacements: readonly { readonly old: string; readonly new: string }[],
): Promise<number> {
  const rows = await database.query({
    text: `
update ${where.table} as t
set ${where.column} = r.new
from jsonb_to_recordset($1::jsonb) as r(old text, new text)
where t.${where.column} = r.old
returning 1`,
    values: [JSON.stringify(replacements)],
  });
  return rows.length;
}

/** Answers kept for their idempotency keys can hold a sealed body. */
export async function listAnswersSealedOtherwise(
  database: Database,
  { keyId, limit }: { readonly keyId: string; readonly limit: number },
): Promise<SealedSecret[]> {
  const rows = await database.query({
    text: `
select environment_id as owner_id, answer_body ->> 'sealed' as sealed
from idempotency_keys
where jsonb_typeof(answer_body) = 'object'
  and answer_body ->> 'sealed' like 'v1.%'
  and split_part(answer_body ->> 'sealed', '.', 2) <> $1
limit $2`,
    values: [keyId, limit],
  });
  return rows.map((row) => ({ ownerId: row.owner_id as string, sealed: row.sealed as string }));
}

export async function replaceAnswerSeals(
  database: Database,
  replacements: readonly { readonly old: string; readonly new: string }[],
): Promise<number> {
  const rows = await database.query({
    text: `
update idempotency_keys as t
set answer_body = jsonb_build_object('sealed', r.new)
from jsonb_to_recordset($1::jsonb) as r(old text, new text)
where t.answer_body ->> 'sealed' = r.old
returning 1`,
    values: [JSON.stringify(replacements)],
  });
  return rows.length;
}
