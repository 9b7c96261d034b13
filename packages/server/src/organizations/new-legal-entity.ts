import { ADDRESS_EMPTY, type Instant, type LegalEntity } from '@tollbridge/core';
import type { Context } from '../context.js';

export interface NewLegalEntityInput {
  readonly name: string;
  readonly numberPrefix: string;
  readonly isDefault: boolean;
  readonly now: Instant;
  readonly address?: Partial<LegalEntity['address']>;
  readonly taxIds?: LegalEntity['taxIds'];
  readonly footer?: string | null;
}

/** An issuer whose series begins at 1. Every environment gets one at its making, so that it can invoice from then on. */
export function newLegalEntity(
  context: Context,
  environment: { readonly id: string },
  input: NewLegalEntityInput,
): LegalEntity {
  return {
    environmentId: environment.id,
    id: context.newId('legalEntity'),
    name: input.name,
    address: { ...ADDRESS_EMPTY, ...input.address },
    taxIds: input.taxIds ?? [],
    numberPrefix: input.numberPrefix,
    nextNumber: 1,
    footer: input.footer ?? null,
    isDefault: input.isDefault,
    version: 1,
    createdAt: input.now,
  };
}
