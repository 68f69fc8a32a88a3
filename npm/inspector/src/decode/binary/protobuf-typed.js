import { WireReader, wireValue } from './protobuf.js';
import { Entries, Typed } from '../value-tree.js';

const MAX_DEPTH = 64;
const MAX_FIELDS = 100_000;
const LEN = 2;

/** Of scalar types: how they are on the wire, and their values. */
const SCALARS = {
  int32: [0, (raw) => Number(BigInt.asIntN(32, raw))],
  int64: [0, (raw) => small(BigInt.asIntN(64, raw))],
  uint32: [0, (raw) => Number(BigInt.asUintN(32, raw))],
  uint64: [0, small],
  sint32: [0, (raw) => Number(zigzag(raw))],
  sint64: [0, (raw) => small(zigzag(raw))],
  bool: [0, (raw) => raw !== 0n],
  fixed32: [5, (view) => view.getUint32(0, true)],
  sfixed32: [5, (view) => view.getInt32(0, true)],
  float: [5, (view) => view.getFloat32(0, true)],
  fixed64: [1, (view) => small(view.getBigUint64(0, true))],
  sfixed64: [1, (view) => small(view.getBigInt64(0, true))],
  double: [1, (view) => view.getFloat64(0, true)],
  string: [
    LEN,
    (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  ],
  bytes: [LEN, (bytes) => bytes]
};

/**
 * A message as its type has it: `{ value, known, unknown }`, with how many
 * fields the type has a name for, and how many not.
 *
 * @param {import('protobufjs').Type} type
 */
export function decodeAs(type, bytes) {
  const tally = { known: 0, unknown: 0 };
  const fields = read(type, bytes, 0, tally);
  const value = new Typed(
    'message',
    shown(type, fields),
    type.fullName.slice(1)
  );
  return { value, ...tally };
}

/** The same as plain objects, without what the type doesn't know. */
export function plainAs(type, bytes) {
  return plain(read(type, bytes, 0, { known: 0, unknown: 0 }));
}

/** A list of `{ field, name, value }`, in the order of the bytes. */
function read(type, bytes, depth, tally) {
  if (depth > MAX_DEPTH)
    throw new Error(`messages are nested over ${MAX_DEPTH}`);
  const reader = new WireReader(bytes);
  const fields = [];
  while (!reader.isAtEnd) {
    if (tally.known + tally.unknown === MAX_FIELDS)
      throw new Error('too many fields');
    const tag = reader.varint();
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    const field = type.fieldsById[number];
    if (!field) {
      tally.unknown++;
      const value = wireValue(reader, wire);
      fields.push({ field: null, name: `field ${number}`, value });
      continue;
    }
    tally.known++;
    for (const value of valuesOf(field.resolve(), reader, wire, depth, tally))
      fields.push({ field, name: field.name, value });
  }
  return fields;
}

function valuesOf(field, reader, wire, depth, tally) {
  if (field.map) {
    mustBe(field, wire, LEN);
    return [entry(field, reader.bytes(), depth, tally)];
  }
  const { resolvedType } = field;
  if (resolvedType?.fieldsById) {
    mustBe(field, wire, LEN);
    const fields = read(resolvedType, reader.bytes(), depth + 1, tally);
    return [{ type: resolvedType, fields }];
  }
  const [own] = SCALARS[resolvedType ? 'int32' : field.type];
  const isPacked = field.repeated && wire === LEN && own !== LEN;
  if (!isPacked) {
    mustBe(field, wire, own);
    return [scalar(field, reader)];
  }
  const inside = new WireReader(reader.bytes());
  const values = [];
  while (!inside.isAtEnd) {
    if (values.length === MAX_FIELDS) throw new Error('too many values');
    values.push(scalar(field, inside));
  }
  return values;
}

function scalar({ type, resolvedType }, reader) {
  const [wire, convert] = SCALARS[resolvedType ? 'int32' : type];
  const raw =
    wire === 0
      ? reader.varint()
      : wire === LEN
        ? reader.bytes()
        : reader.take(wire === 5 ? 4 : 8);
  const value = convert(raw);
  return resolvedType
    ? { number: value, name: resolvedType.valuesById[value] }
    : value;
}

/** An entry of a map is a message of a key and a value. */
function entry(field, bytes, depth, tally) {
  const reader = new WireReader(bytes);
  const pair = { key: '', value: null };
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const isKey = tag >> 3n === 1n;
    const inner = isKey
      ? { name: field.name, type: field.keyType, repeated: false }
      : {
          name: field.name,
          type: field.type,
          resolvedType: field.resolvedType,
          repeated: false
        };
    const [value] = valuesOf(inner, reader, Number(tag & 7n), depth, tally);
    if (isKey) pair.key = value;
    else pair.value = value;
  }
  return { pair };
}

function mustBe({ name }, wire, own) {
  if (wire !== own)
    throw new Error(`${name} has wire type ${wire}, and its type has ${own}`);
}

/** Fields by name; a repeated one is a list, a map its entries. */
function shown(type, fields) {
  const list = new Map();
  for (const { field, name, value } of fields) {
    const one = field ? shownValue(value) : value;
    if (field?.map) {
      if (!list.has(name)) list.set(name, new Entries([]));
      list.get(name).list.push([String(value.pair.key), one]);
    } else if (field?.repeated) {
      if (!list.has(name)) list.set(name, []);
      list.get(name).push(one);
    } else list.set(name, one);
  }
  return new Entries([...list]);
}

function shownValue(value) {
  if (value?.pair) return shownValue(value.pair.value);
  if (value?.fields)
    return new Typed(
      'message',
      shown(value.type, value.fields),
      value.type.fullName.slice(1)
    );
  if (value && typeof value === 'object' && 'number' in value)
    return value.name === undefined
      ? new Typed('enum', value.number, 'no name')
      : new Typed('enum', value.name, String(value.number));
  return value;
}

function plain(fields) {
  const object = {};
  for (const { field, name, value } of fields) {
    if (!field) continue;
    const one = value?.fields ? plain(value.fields) : (value?.number ?? value);
    if (field.repeated) (object[name] ??= []).push(one);
    else object[name] = one;
  }
  return object;
}

function zigzag(raw) {
  return (raw >> 1n) ^ -(raw & 1n);
}

function small(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
