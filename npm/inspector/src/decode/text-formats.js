/** Formats of text, which decode in a few lines each. */

import { decodeJson, looksLikeJson } from './json.js';
import { decodeSocketIo, looksLikeSocketIo } from './socketio.js';
import { works } from './works.js';

export const TEXT_FORMATS = { json: decodeJson, socketio: decodeSocketIo };

/** The view that suits a text, or JSON in bytes; null where it may be anything else. */
export function guessText(bytes, { isText }) {
  if (isText && looksLikeSocketIo(bytes)) return 'socketio';
  if (looksLikeJson(bytes) && works(decodeJson, bytes)) return 'json';
  return isText ? 'text' : null;
}
