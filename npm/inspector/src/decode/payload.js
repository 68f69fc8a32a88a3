/**
 * The worker that decodes payloads. It may hang or crash on what it is given:
 * the page then ends it and starts another.
 */

import { serve } from '../engine/rpc.js';
import { decodeCbor } from './cbor.js';
import { decodeJson, looksLikeJson } from './json.js';
import { decodeMsgpack } from './msgpack.js';
import { decodeProtobuf } from './protobuf.js';
import { decodeSocketIo, looksLikeSocketIo } from './socketio.js';
import { TextRows } from './text-rows.js';
import { ValueTree } from './value-tree.js';

const TREES = {
  json: decodeJson,
  msgpack: decodeMsgpack,
  cbor: decodeCbor,
  socketio: decodeSocketIo,
  protobuf: decodeProtobuf
};

/** Longer payloads are not tried out to find the format that suits them. */
const MAX_GUESS_LEN = 4 * 1024 * 1024;

class DecodeWorker {
  #bytes = new Uint8Array(0);
  #tree = null;
  #rows = null;

  /**
   * Takes a payload and says which view suits it best.
   *
   * @param {boolean} isText whether the message is a text message
   */
  load(bytes, isText) {
    this.#bytes = bytes;
    this.#tree = this.#rows = null;
    if (isText) {
      if (looksLikeSocketIo(bytes)) return 'socketio';
      return looksLikeJson(bytes) && works(decodeJson, bytes) ? 'json' : 'text';
    }
    // A small number alone is valid in both: only maps and lists persuade.
    if (looksLikeMsgpack(bytes) && works(decodeMsgpack, bytes))
      return 'msgpack';
    if (looksLikeCbor(bytes) && works(decodeCbor, bytes)) return 'cbor';
    return 'hex';
  }

  /** Decodes into a tree and returns its root. */
  tree(format) {
    this.#tree = new ValueTree(TREES[format](this.#bytes));
    return this.#tree.root();
  }

  children(id, start, count) {
    return this.#tree.children(id, start, count);
  }

  /** Cuts the text into rows and returns how many, and if it is UTF-8. */
  text(columns) {
    const text = new TextDecoder().decode(this.#bytes);
    this.#rows = new TextRows(text, columns);
    return this.#rows.count;
  }

  rows(start, count) {
    return this.#rows.rows(start, count);
  }
}

function works(decode, bytes) {
  if (bytes.length > MAX_GUESS_LEN) return false;
  try {
    decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function looksLikeMsgpack([first]) {
  return (first >= 0x81 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf);
}

function looksLikeCbor([first]) {
  const major = first >> 5;
  return major >= 4 && major <= 6 && first !== 0x80 && first !== 0xa0;
}

serve(new DecodeWorker());
