import { type Address, err, ok, type Result, type TaxId } from '@tollbridge/core';
import { type Answer, asked, type Command, nowOf } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { legalEntityToJson } from '../json/legal-entity.js';
import { newLegalEntity } from '../organizations/new-legal-entity.js';
import { type Problem, problem } from '../problem.js';
import { findDefaultLegalEntity, findLegalEntityByPrefix, legalEntitiesTable } from '../store/legal-entities.js';

export interface CreateLegalEntityInput {
  readonly name: string;
  readonly numberPrefix: string;
  readonly address: Partial<Address>;
  readonly taxIds: readonly TaxId[];
  readonly footer: string | null;
  readonly isDefault: boolean;
}

/** Makes an issuer with a number series of its own (INV-11). */
export function createLegalEntity(
  context: Context,
  command: Command,
  input: CreateLegalEntityInput,
): Promise<Result<Answer, Problem>> {
  const environmentId = command.environment.id;
  return asked(context, command, {
    async decide() {
      const taken = await findLegalEntityByPrefix(context.db, environmentId, input.numberPrefix);
      if (taken !== null) return err(prefixTaken(taken.id));
      const standing = await findDefaultLegalEntity(context.db, environmentId);
      const isDefault = input.isDefault || standing === null;
      const entity = newLegalEntity(context, command.environment, {
        ...input,
        isDefault,
        now: nowOf(context, command),
      });
      const changes = new Changes().insert(legalEntitiesTable, entity);
      if (isDefault && standing !== null) changes.update(legalEntitiesTable, { ...standing, isDefault: false });
      const body = legalEntityToJson(entity);
      const entry = { action: 'legal_entity.created', objectKind: 'legal_entity', objectId: entity.id };
      return ok({
        changes,
        audit: [{ ...entry, before: null, after: body }],
        outcome: { answer: { status: 201, body } },
      });
    },
  });
}

const prefixTaken = (id: string): Problem =>
  problem('legal_entity_number_prefix_taken', `The issuer ${id} has this prefix.`, { param: 'number_prefix' });
