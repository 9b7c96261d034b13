import { createCipheriv, createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 'v1';

/** A secret at rest could not be read: another key, another owner, or a changed byte. */
export class SecretUnreadable extends Error {
  constructor(keyId: string) {
    super(`a secret was sealed with the encryption key ${keyId}, which is not among ours`);
    this.name = 'SecretUnreadable';
  }
}

/**
 * Seals secrets for the database with AES-256-GCM (CON-12): a random nonce each, the owner's id as associated data, so
 * that a sealed secret cannot be moved to another row, and the key's id, so that keys can be rotated.
 */
export interface SecretBox {
  /** The id of the key that seals from now on. */
  readonly keyId: string;
  seal(plain: string, ownerId: string): string;
  /** Errors: `SecretUnreadable`. */
  open(sealed: string, ownerId: string): string;
}

export interface SecretBoxOptions {
  /** Each 32 bytes. The first seals; all of them open. */
  readonly keys: readonly Uint8Array[];
  randomBytes(count: number): Uint8Array;
}

export function openSecretBox(options: SecretBoxOptions): SecretBox {
  const keys = new Map(options.keys.map((key) => [keyIdOf(key), key]));
  const [current] = options.keys;
  if (current === undefined) throw new Error('a secret box needs a key');
  const keyId = keyIdOf(current);
  return {
    keyId,
    seal(plain, ownerId) {
      const nonce = options.randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current, nonce);
      cipher.setAAD(Buffer.from(ownerId));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const packed = Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
      return `${FORMAT}.${keyId}.${packed}`;
    },
    open(sealed, ownerId) {
      const [format, sealedWith = '', packed = ''] = sealed.split('.');
      const key = keys.get(sealedWith);
      if (format !== FORMAT || key === undefined) throw new SecretUnreadable(sealedWith);
      const bytes = Buffer.from(packed, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
          // Left out, Node takes shorter ones as well, which are easier to guess.
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(ownerId));
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw new SecretUnreadable(sealedWith);
      }
    },
  };
}

/** Names a key without telling anything about it. */
const keyIdOf = (key: Uint8Array): string =>
  createHash('sha256').update('tollbridge key id').update(key).digest('hex').slice(0, 8);

/** 32 bytes in hexadecimal or base64, as people paste them; null when it is neither. */
export function parseEncryptionKey(text: string): Uint8Array | null {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES ? bytes : null;
}

/** The SHA-256 of a token, in hexadecimal: what is stored instead of it. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Compares two texts in a time that does not tell how far they agree. */
export function sameText(left: string, right: string): boolean {
  const leftHash = createHash('sha256').update(left).digest();
  const rightHash = createHash('sha256').update(right).digest();
  return timingSafeEqual(leftHash, rightHash);
}
