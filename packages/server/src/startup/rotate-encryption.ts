import type { Context } from '../context.js';
import { findEncryptionCheck, replaceEncryptionCheck } from '../store/installation.js';
import {
  listAnswersSealedOtherwise,
  listSealedOtherwise,
  replaceAnswerSeals,
  replaceSeals,
  SEALED_COLUMNS,
  type SealedSecret,
} from '../store/sealed-columns.js';

const BATCH = 200;
/** Two hundred million secrets of a kind: far beyond any installation, and an end all the same. */
const BATCHES_MAX = 1_000_000;
const CHECK_OWNER = 'installation';

type Parts = Pick<Context, 'db' | 'secrets'>;

/**
 * Gives every stored secret the seal of the first encryption key (CON-12), in batches, while the program may go on: what
 * is written meanwhile is sealed with it already. Afterwards the old keys are needed no more. Gives how many were sealed
 * anew; may be run again at any time.
 *
 * Errors: `SecretUnreadable` when a secret was sealed with a key that is not among ours.
 */
export async function rotateEncryption(parts: Parts): Promise<number> {
  let count = 0;
  for (const where of SEALED_COLUMNS)
    count += await sealAnew(parts, {
      list: (page) => listSealedOtherwise(parts.db, where, page),
      replace: (seals) => replaceSeals(parts.db, where, seals),
    });
  count += await sealAnew(parts, {
    list: (page) => listAnswersSealedOtherwise(parts.db, page),
    replace: (seals) => replaceAnswerSeals(parts.db, seals),
  });
  return count + (await sealCheckAnew(parts));
}

interface Store {
  list(page: { readonly keyId: string; readonly limit: number }): Promise<SealedSecret[]>;
  replace(seals: readonly { readonly old: string; readonly new: string }[]): Promise<number>;
}

async function sealAnew({ secrets }: Parts, store: Store): Promise<number> {
  let count = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    const found = await store.list({ keyId: secrets.keyId, limit: BATCH });
    if (found.length === 0) break;
    const seals = found.map(({ ownerId, sealed }) => ({
      old: sealed,
      new: secrets.seal(secrets.open(sealed, ownerId), ownerId),
    }));
    count += await store.replace(seals);
  }
  return count;
}

/** By which the next start knows the key again: the last, so that a rotation cut short is seen to be one. */
async function sealCheckAnew({ db, secrets }: Parts): Promise<number> {
  const sealed = await findEncryptionCheck(db);
  if (sealed === null || sealed.split('.')[1] === secrets.keyId) return 0;
  const anew = secrets.seal(secrets.open(sealed, CHECK_OWNER), CHECK_OWNER);
  return replaceEncryptionCheck(db, { old: sealed, new: anew });
}
