/** Formats of bytes, whose decoders are large. */

import { decodeCbor } from './cbor.js';
import { decodeMsgpack } from './msgpack.js';
import { decodeProtobuf } from './protobuf.js';
import { works } from './works.js';

export const BINARY_FORMATS = {
  msgpack: decodeMsgpack,
  cbor: decodeCbor,
  protobuf: decodeProtobuf
};

/** The view that suits these bytes best. */
export function guessBinary(bytes) {
  // A small number alone is valid in both: only maps and lists persuade.
  if (looksLikeMsgpack(bytes) && works(decodeMsgpack, bytes)) return 'msgpack';
  if (looksLikeCbor(bytes) && works(decodeCbor, bytes)) return 'cbor';
  return 'hex';
}

function looksLikeMsgpack([first]) {
  return (first >= 0x81 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf);
}

function looksLikeCbor([first]) {
  const major = first >> 5;
  return major >= 4 && major <= 6 && first !== 0x80 && first !== 0xa0;
}
