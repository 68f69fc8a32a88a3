/** Formats of text, which decode in a few lines each. */

import { decodeGraphQl, looksLikeGraphQl } from './graphql.js';
import { decodeJson, looksLikeJson } from './json.js';
import { decodeJupyter, looksLikeJupyter } from './jupyter.js';
import { decodeSignalR, looksLikeSignalR } from './signalr.js';
import { decodeSocketIo, looksLikeSocketIo } from './socketio.js';
import { decodeStomp, looksLikeStomp } from './stomp.js';
import { works } from './works.js';

export const TEXT_FORMATS = {
  json: decodeJson,
  socketio: decodeSocketIo,
  stomp: decodeStomp,
  signalr: decodeSignalR,
  graphql: decodeGraphQl,
  jupyter: decodeJupyter
};

/** The view that suits a text, or JSON in bytes; null where it may be anything else. */
export function guessText(bytes, { isText, subprotocol }) {
  if (isText && looksLikeSocketIo(bytes)) return 'socketio';
  if (looksLikeStomp(bytes) && works(decodeStomp, bytes)) return 'stomp';
  if (looksLikeSignalR(bytes) && works(decodeSignalR, bytes)) return 'signalr';
  if (looksLikeJson(bytes) && works(decodeJson, bytes)) {
    if (looksLikeGraphQl(bytes, subprotocol)) return 'graphql';
    const isJupyter = looksLikeJupyter(bytes) && works(decodeJupyter, bytes);
    return isJupyter ? 'jupyter' : 'json';
  }
  return isText ? 'text' : null;
}
