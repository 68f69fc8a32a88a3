import protobuf from 'protobufjs';
import descriptors from 'protobufjs/google/protobuf/descriptor.json';

import { decodeAs, plainAs } from './protobuf-typed.js';

/** How many types are tried out to find the one of a message. */
const MAX_TRIED = 300;
const LABEL_REPEATED = 3;
const SCALARS = [
  null,
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  'group',
  null,
  'bytes',
  'uint32',
  null,
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64'
];

/** The schema that was read last, as decoding asks for it again and again. */
let last = { version: null, schema: null };

/**
 * What `.proto` files and descriptor sets say: `{ root, types }`.
 *
 * @param {{ version: number, files: { name: string, bytes: Uint8Array }[] }} source
 */
export function schemaOf({ version, files }) {
  if (last.version === version) return last.schema;
  const root = new protobuf.Root();
  for (const { name, bytes } of files) {
    try {
      if (name.endsWith('.proto')) addProto(root, bytes);
      else root.addJSON(nestedOf(bytes));
    } catch (error) {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    }
  }
  root.resolveAll();
  const schema = { root, types: typesIn(root) };
  last = { version, schema };
  return schema;
}

/** A message as a type of the schema has it, or as the type that suits it best. */
export function decodeWithSchema(bytes, source, wanted) {
  const { root, types } = schemaOf(source);
  if (wanted) return decodeAs(root.lookupType(wanted), bytes).value;
  let best = null;
  for (const name of types.slice(0, MAX_TRIED)) {
    const found = attempt(root.lookupType(name), bytes);
    if (found && found.unknown === 0 && found.known > (best?.known ?? 0))
      best = found;
  }
  if (!best) throw new Error('it fits no type of the schema');
  return best.value;
}

function attempt(type, bytes) {
  try {
    return decodeAs(type, bytes);
  } catch {
    return null;
  }
}

function addProto(root, bytes) {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const { imports = [] } = protobuf.parse(text, root, { keepCase: true });
  for (const name of imports) {
    const known = protobuf.common.get(name);
    if (known) root.addJSON(known.nested);
  }
}

function typesIn(space) {
  return space.nestedArray.flatMap((item) => [
    ...(item instanceof protobuf.Type ? [item.fullName.slice(1)] : []),
    ...(item.nestedArray && item.fullName !== '.google' ? typesIn(item) : [])
  ]);
}

/** A FileDescriptorSet as the JSON that protobufjs reads; its own reader needs `eval`. */
function nestedOf(bytes) {
  const own = protobuf.Root.fromJSON(descriptors);
  const set = plainAs(
    own.lookupType('google.protobuf.FileDescriptorSet'),
    bytes
  );
  const nested = {};
  for (const file of set.file ?? []) {
    let space = nested;
    for (const part of (file.package ?? '').split('.').filter(Boolean)) {
      space[part] ??= { nested: {} };
      space = space[part].nested;
    }
    addAll(space, file.messageType, file.enumType);
  }
  return nested;
}

function addAll(space, messages = [], enums = []) {
  for (const message of messages) space[message.name] = typeJson(message);
  for (const { name, value = [] } of enums)
    space[name] = {
      values: Object.fromEntries(
        value.map((one) => [one.name, one.number ?? 0])
      )
    };
}

function typeJson({ field = [], nestedType = [], enumType }) {
  const nested = {};
  const isEntry = ({ options }) => Boolean(options?.mapEntry);
  const entries = nestedType.filter(isEntry);
  addAll(
    nested,
    nestedType.filter((type) => !isEntry(type)),
    enumType
  );
  return {
    fields: Object.fromEntries(
      field.map((one) => [one.name, fieldJson(one, entries)])
    ),
    nested
  };
}

function fieldJson({ number, label, type, typeName }, entries) {
  const last = typeName?.split('.').at(-1);
  const map = entries.find(({ name }) => name === last);
  if (map) {
    const [key, value] = map.field.map(typeOf);
    return { id: number, keyType: key, type: value };
  }
  const rule = label === LABEL_REPEATED && { rule: 'repeated' };
  return { id: number, type: typeOf({ type, typeName }), ...rule };
}

function typeOf({ type, typeName }) {
  return SCALARS[type] ?? typeName;
}
