/** Rows of the frame list from the engine's table, as objects. */

import { MARKS } from './marks.js';

/** How many numbers the engine gives for each row, beside whether it is text. */
export const NUMBERS = 11;
const COLUMNS = NUMBERS + 1;
const MARK_NAMES = [null, ...Object.keys(MARKS)];
const SEVERITIES = [null, 'info', 'warning', 'error'];

export function rowsFromTable(table, previews) {
  return previews.map((preview, index) => {
    const at = index * COLUMNS;
    const prefix = table[at + 3];
    return {
      id: table[at],
      conn: table[at + 1],
      toClient: table[at + 2] === 1,
      opcode: (prefix >> 8) & 0xf,
      flags: flags(prefix),
      payloadLen: table[at + 4],
      time: table[at + 5],
      severity: SEVERITIES[table[at + 6]],
      isCompressed: table[at + 7] === 1,
      wall: table[at + 8],
      inflatedLen: table[at + 9],
      mark: MARK_NAMES[table[at + 10]],
      isText: table[at + NUMBERS] === 1,
      wireLen: table[at + 4] + headerLen(prefix),
      preview
    };
  });
}

/** Of the length form and the masking key that the second byte tells of. */
export function headerLen(prefix) {
  const len = prefix & 0x7f;
  const lengthLen = len === 127 ? 8 : len === 126 ? 2 : 0;
  return 2 + lengthLen + (prefix & 0x80 ? 4 : 0);
}

/** FIN, RSV1–3 and MASK, from bit 0 up. */
export function flags(prefix) {
  return (
    ((prefix >> 15) & 1) |
    ((prefix >> 13) & 2) |
    ((prefix >> 11) & 4) |
    ((prefix >> 9) & 8) |
    ((prefix >> 3) & 16)
  );
}
