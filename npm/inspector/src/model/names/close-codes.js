/** Close codes (RFC 6455 §7.4.1 and its registry). */
const CODES = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no status received (never on the wire)',
  1006: 'abnormal closure (never on the wire)',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake failed (never on the wire)'
};

export function closeCodeName(code) {
  if (CODES[code]) return CODES[code];
  if (code >= 4000 && code <= 4999) return 'private use';
  if (code >= 3000 && code <= 3999) return 'registered by a library';
  return 'not assigned';
}
