import { Simple, Tag } from 'cbor2';
import { decodeSequence } from 'cbor2/decoder';

import { Typed } from '../value-tree.js';

const MAX_VALUES = 100_000;

/** One item, or all of them where several follow each other (RFC 8742). */
export function decodeCbor(bytes) {
  const values = [];
  for (const value of decodeSequence(bytes, { preferMap: true })) {
    if (values.length === MAX_VALUES) throw new Error('too many items');
    values.push(named(value));
  }
  if (values.length === 0) throw new Error('no bytes');
  return values.length === 1
    ? values[0]
    : new Typed('sequence', values, `${values.length} items`);
}

function named(value) {
  if (value instanceof Tag)
    return new Typed('tag', named(value.contents), `tag ${value.tag}`);
  if (value instanceof Simple)
    return new Typed('simple', value.value, `simple ${value.value}`);
  if (Array.isArray(value)) return value.map(named);
  if (value instanceof Map)
    return new Map(
      Array.from(value, ([key, item]) => [named(key), named(item)])
    );
  return value;
}
