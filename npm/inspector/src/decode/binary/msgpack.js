import { ExtData, ExtensionCodec, decodeMulti } from '@msgpack/msgpack';

import { Typed } from '../value-tree.js';

/** Far more than any message has that a person would look at. */
const MAX_VALUES = 100_000;

const extensionCodec = new ExtensionCodec();

/** One value, or all of them where several follow each other. */
export function decodeMsgpack(bytes) {
  const values = [];
  const options = { extensionCodec, useBigInt64: true, mapKeyConverter };
  for (const value of decodeMulti(bytes, options)) {
    if (values.length === MAX_VALUES) throw new Error('too many values');
    values.push(named(value));
  }
  if (values.length === 0) throw new Error('no bytes');
  return values.length === 1
    ? values[0]
    : new Typed('sequence', values, `${values.length} values`);
}

/** Any key can be shown, and none may reach a prototype. */
function mapKeyConverter(key) {
  return typeof key === 'string' || typeof key === 'number' ? key : String(key);
}

function named(value) {
  if (value instanceof ExtData)
    return new Typed('extension', value.data, `type ${value.type}`);
  if (Array.isArray(value)) return value.map(named);
  if (
    value !== null &&
    typeof value === 'object' &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date)
  )
    return new Map(
      Object.entries(value).map(([key, item]) => [key, named(item)])
    );
  return value;
}
