/** Longer payloads are not tried out to find the format that suits them. */
const MAX_GUESS_LEN = 4 * 1024 * 1024;

/** Whether a payload can be decoded so. */
export function works(decode, bytes, about) {
  if (bytes.length > MAX_GUESS_LEN) return false;
  try {
    decode(bytes, about);
    return true;
  } catch {
    return false;
  }
}
