/** Formats of bytes, whose decoders are large. */

import { decodeCbor } from './cbor.js';
import { decodeCompressed, looksCompressed } from './compressed.js';
import { JUPYTER_V1, decodeJupyterBinary } from './jupyter.js';
import { decodeMqtt, looksLikeMqtt } from './mqtt.js';
import { decodeMsgpack } from './msgpack.js';
import { decodeProtobuf } from './protobuf.js';
import { decodeSignalRBinary } from './signalr.js';
import { works } from './works.js';
import { decodeYjs, looksLikeYjs } from './yjs.js';

const signalR = (bytes) => decodeSignalRBinary(bytes, decodeMsgpack);

export const BINARY_FORMATS = {
  msgpack: decodeMsgpack,
  cbor: decodeCbor,
  protobuf: decodeProtobuf,
  mqtt: decodeMqtt,
  yjs: decodeYjs,
  compressed: decodeCompressed,
  signalr: signalR,
  jupyter: decodeJupyterBinary
};

/** The view that suits these bytes best. */
export function guessBinary(bytes, { subprotocol, hasSchema = false }) {
  if (looksCompressed(bytes)) return 'compressed';
  if (looksLikeMqtt(bytes, subprotocol)) return 'mqtt';
  if (subprotocol === JUPYTER_V1 && works(decodeJupyterBinary, bytes))
    return 'jupyter';
  if (hasSchema && works(decodeProtobuf, bytes)) return 'protobuf';
  // A small number alone is valid in both: only maps and lists persuade.
  if (looksLikeMsgpack(bytes) && works(decodeMsgpack, bytes)) return 'msgpack';
  if (looksLikeCbor(bytes) && works(decodeCbor, bytes)) return 'cbor';
  if (looksLikeYjs(bytes)) return 'yjs';
  return works(signalR, bytes) ? 'signalr' : 'hex';
}

function looksLikeMsgpack([first]) {
  return (first >= 0x81 && first <= 0x9f) || (first >= 0xdc && first <= 0xdf);
}

function looksLikeCbor([first]) {
  const major = first >> 5;
  return major >= 4 && major <= 6 && first !== 0x80 && first !== 0xa0;
}
