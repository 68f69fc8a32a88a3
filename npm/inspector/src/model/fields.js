/** Field rows from the codec, as objects. */

const KINDS = [
  'fin',
  'rsv1',
  'rsv2',
  'rsv3',
  'opcode',
  'mask',
  'payloadLen',
  'extendedPayloadLen',
  'maskingKey',
  'closeCode',
  'closeReason',
  'payload'
];

const COLUMNS = 5;

/**
 * Turns the codec's table of fields into objects, in wire order.
 *
 * `value` is a number (a BigInt above 2^53 − 1), or null where the field is
 * bytes; `bitOffset` counts from the frame's first bit.
 */
export function fieldsFromTable(table) {
  const fields = [];
  for (let at = 0; at < table.length; at += COLUMNS) {
    const [kind, bitOffset, bitLen, high, low] = table.subarray(
      at,
      at + COLUMNS
    );
    fields.push({
      kind: KINDS[kind],
      bitOffset,
      bitLen,
      value: high < 0 ? null : wide(high, low)
    });
  }
  return fields;
}

function wide(high, low) {
  const value = high * 2 ** 32 + low;
  return Number.isSafeInteger(value)
    ? value
    : (BigInt(high) << 32n) | BigInt(low);
}
