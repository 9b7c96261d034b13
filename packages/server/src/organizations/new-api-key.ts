import type { Context } from '../context.js';
import { hashOfToken } from '../secret-box.js';
import type { ApiKey, ApiKeyScope } from '../store/api-keys.js';
import type { EnvironmentKind } from '../store/organizations.js';

const SECRET_BYTES = 32;

export interface CreateApiKeyInput {
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
}

/** A new secret and its row. The secret shows which kind of environment it belongs to, and is nowhere stored. */
export function newApiKey(
  context: Pick<Context, 'clock' | 'newId' | 'randomBytes'>,
  environment: { readonly id: string; readonly kind: EnvironmentKind },
  input: CreateApiKeyInput,
): { key: ApiKey; secret: string } {
  const mode = environment.kind === 'production' ? 'live' : 'test';
  const secret = `tb_${mode}_${Buffer.from(context.randomBytes(SECRET_BYTES)).toString('base64url')}`;
  const key: ApiKey = {
    environmentId: environment.id,
    id: context.newId('apiKey'),
    name: input.name,
    hint: `${secret.slice(0, 11)}…${secret.slice(-4)}`,
    secretHash: hashOfToken(secret),
    scopes: [...input.scopes],
    createdAt: context.clock.machineNow(),
    lastUsedAt: null,
    expiresAt: null,
    revokedAt: null,
    version: 1,
  };
  return { key, secret };
}
