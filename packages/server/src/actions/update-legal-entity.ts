import { type Address, err, type LegalEntity, ok, type Result } from '@tollbridge/core';
import { type Answer, asked, type Command, type Decision } from '../asked.js';
import { Changes } from '../changes.js';
import type { Context } from '../context.js';
import { legalEntityToJson } from '../json/legal-entity.js';
import { type Problem, problem } from '../problem.js';
import {
  findDefaultLegalEntity,
  findLegalEntity,
  findLegalEntityByPrefix,
  legalEntitiesTable,
} from '../store/legal-entities.js';

export interface UpdateLegalEntityInput {
  readonly id: string;
  /** What is left out stays. */
  readonly change: Partial<Pick<LegalEntity, 'name' | 'taxIds' | 'footer' | 'numberPrefix'>>;
  readonly address: Partial<Address>;
  /** True makes it the default; a default is only given up by making another one the default. */
  readonly makeDefault: boolean;
}

/** Changes an issuer for the invoices to come; those that are finalized keep it as it was. */
export function updateLegalEntity(
  context: Context,
  command: Command,
  input: UpdateLegalEntityInput,
): Promise<Result<Answer, Problem>> {
  return asked(context, command, { decide: () => decide(context, command, input) });
}

async function decide(
  context: Context,
  command: Command,
  input: UpdateLegalEntityInput,
): Promise<Result<Decision, Problem>> {
  const environmentId = command.environment.id;
  const entity = await findLegalEntity(context.db, environmentId, input.id);
  if (entity === null) return err(problem('not_found', 'There is no such legal entity.'));
  const refusal = await prefixRefusal(context, entity, input.change.numberPrefix ?? entity.numberPrefix);
  if (refusal !== null) return err(refusal);
  const updated: LegalEntity = {
    ...entity,
    ...input.change,
    address: { ...entity.address, ...input.address },
    isDefault: entity.isDefault || input.makeDefault,
  };
  const changes = new Changes().update(legalEntitiesTable, updated);
  if (updated.numberPrefix !== entity.numberPrefix)
    changes.require({ kind: 'number_series_not_begun', environmentId, id: entity.id });
  if (updated.isDefault && !entity.isDefault) {
    const standing = await findDefaultLegalEntity(context.db, environmentId);
    if (standing !== null) changes.update(legalEntitiesTable, { ...standing, isDefault: false });
  }
  const [before, after] = [legalEntityToJson(entity), legalEntityToJson(updated)];
  const entry = { action: 'legal_entity.updated', objectKind: 'legal_entity', objectId: entity.id };
  return ok({
    changes,
    audit: [{ ...entry, before, after }],
    outcome: { answer: { status: 200, body: after } },
  });
}

async function prefixRefusal(context: Context, entity: LegalEntity, numberPrefix: string): Promise<Problem | null> {
  if (numberPrefix === entity.numberPrefix) return null;
  const param = { param: 'number_prefix' };
  if (entity.nextNumber > 1) {
    return problem('legal_entity_number_prefix_in_use', 'The series has begun; its prefix stays as it is.', param);
  }
  const taken = await findLegalEntityByPrefix(context.db, entity.environmentId, numberPrefix);
  return taken === null
    ? null
    : problem('legal_entity_number_prefix_taken', `The issuer ${taken.id} has this prefix.`, param);
}
