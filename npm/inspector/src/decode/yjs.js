import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';

import { jsonInside } from './json.js';
import { Typed } from './value-tree.js';

const MAX_STRUCTS = 2000;
const SYNC = ['step 1: what I have', 'step 2: what you lack', 'update'];

/** A message of y-websocket: sync, awareness, or about access. */
export function decodeYjs(bytes) {
  const decoder = decoding.createDecoder(bytes);
  const type = decoding.readVarUint(decoder);
  const value = read(type, decoder);
  if (decoding.hasContent(decoder))
    throw new Error('bytes are left after the message');
  return value;
}

export function looksLikeYjs(bytes) {
  if (bytes.length < 3 || bytes[0] > 1) return false;
  try {
    decodeYjs(bytes);
    return true;
  } catch {
    return false;
  }
}

function read(type, decoder) {
  switch (type) {
    case 0:
      return sync(decoder);
    case 1:
      return awareness(decoding.readVarUint8Array(decoder));
    case 2:
      return new Typed('auth', {
        type: decoding.readVarUint(decoder),
        reason: decoding.readVarString(decoder)
      });
    case 3:
      return new Typed('query awareness', null);
    default:
      throw new Error(`message type ${type}`);
  }
}

function sync(decoder) {
  const step = decoding.readVarUint(decoder);
  if (!SYNC[step]) throw new Error(`sync step ${step}`);
  const bytes = decoding.readVarUint8Array(decoder);
  const value =
    step === 0 ? { 'state vector': Y.decodeStateVector(bytes) } : update(bytes);
  return new Typed('sync', value, SYNC[step]);
}

function update(bytes) {
  const { structs, ds } = Y.decodeUpdate(bytes);
  const shown = structs
    .slice(0, MAX_STRUCTS)
    .map(({ id, length, content, parent, parentSub }) => {
      const struct = { client: id.client, clock: id.clock, len: length };
      if (typeof parent === 'string') struct.in = parent;
      if (parentSub) struct.key = parentSub;
      if (content) struct.content = contentOf(content);
      return struct;
    });
  const deleted = Array.from(ds.clients, ([client, items]) => [
    client,
    items.map(({ clock, len }) => ({ clock, len }))
  ]);
  return { structs: shown, deleted: new Map(deleted) };
}

function contentOf(content) {
  const { str, arr, json, type, key, value, embed, len } = content;
  if (str !== undefined) return str;
  if (arr !== undefined) return arr;
  if (key !== undefined) return { [key]: value };
  if (embed !== undefined) return embed;
  if (json !== undefined) return json;
  if (type) return new Typed('type', null, type.constructor.name);
  return new Typed('deleted', len ?? null);
}

function awareness(bytes) {
  const decoder = decoding.createDecoder(bytes);
  const count = decoding.readVarUint(decoder);
  const clients = new Map();
  for (let at = 0; at < count; at++) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    const state = jsonInside(decoding.readVarString(decoder));
    clients.set(client, { clock, state });
  }
  return new Typed('awareness', clients, `${count} clients`);
}
