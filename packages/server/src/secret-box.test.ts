import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openSecretBox, SecretUnreadable } from './secret-box.js';

const [old, fresh] = [randomBytes(32), randomBytes(32)];
const boxOf = (...keys: Uint8Array[]) => openSecretBox({ keys, randomBytes });
const SECRET = 'sk_test_51HxYabcdefghijkl';

describe('a sealed secret', () => {
  const box = boxOf(old);
  const sealed = box.seal(SECRET, 'con_1');

  test('CON-12: holds nothing of what it seals, and is another each time, by its nonce', () => {
    const again = box.seal(SECRET, 'con_1');
    expect(again).not.toBe(sealed);
    for (const each of [sealed, again]) {
      expect(Buffer.from(each.split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('sk_test');
      expect(box.open(each, 'con_1')).toBe(SECRET);
    }
  });

  test('CON-12: cannot be moved to another connection', () => {
    expect(() => box.open(sealed, 'con_2')).toThrow(SecretUnreadable);
  });

  test('CON-12: of which any byte was changed is not opened', () => {
    const [format, keyId, packed = ''] = sealed.split('.');
    const bytes = Buffer.from(packed, 'base64url');
    for (const place of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      const text = `${format}.${keyId}.${changed.toString('base64url')}`;
      expect(() => box.open(text, 'con_1')).toThrow(SecretUnreadable);
    }
  });

  test('CON-12: of which only a part is left is not opened, however much of its seal that is', () => {
    const empty = box.seal('', 'con_1');
    const [format, keyId, packed = ''] = empty.split('.');
    const bytes = Buffer.from(packed, 'base64url');
    for (const length of bytes.keys()) {
      const text = `${format}.${keyId}.${bytes.subarray(0, length).toString('base64url')}`;
      expect(() => box.open(text, 'con_1')).toThrow(SecretUnreadable);
    }
    expect(box.open(empty, 'con_1')).toBe('');
  });

  test('CON-12: names the key that opens it, which may be an older one, and no other key does', () => {
    const both = boxOf(fresh, old);
    expect(both.open(sealed, 'con_1')).toBe(SECRET);
    expect(both.seal(SECRET, 'con_1')).toContain(`.${both.keyId}.`);
    expect(both.keyId).not.toBe(box.keyId);
    expect(() => boxOf(fresh).open(sealed, 'con_1')).toThrow(box.keyId);
  });
});
