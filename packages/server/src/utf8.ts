// A byte that is none of UTF-8's becomes U+FFFD in Node's own decoding, so that different bytes are read as one text.
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text of bytes in UTF-8, without a byte order mark; null when they are no UTF-8. */
export function textFromUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    // The only error of a fatal decoder (https://encoding.spec.whatwg.org/#dom-textdecoder-decode).
    if (error instanceof TypeError) return null;
    throw error;
  }
}
