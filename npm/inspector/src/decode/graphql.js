import { decodeJson } from './json.js';
import { Typed } from './value-tree.js';

/** Messages of graphql-ws and of the older subscriptions-transport-ws. */
const TYPES = {
  connection_init: 'the client begins',
  connection_ack: 'the server agrees',
  connection_error: 'the server refuses',
  connection_terminate: 'the client ends',
  ka: 'still there',
  ping: 'still there?',
  pong: 'still there',
  subscribe: 'begins an operation',
  start: 'begins an operation',
  next: 'a result',
  data: 'a result',
  error: 'errors',
  complete: 'the operation is over',
  stop: 'ends an operation'
};
/** These say by themselves what they are. */
const SURE = ['connection_init', 'connection_ack', 'connection_terminate'];

export function decodeGraphQl(bytes) {
  const message = read(bytes);
  if (!Object.hasOwn(TYPES, message?.type))
    throw new Error('its "type" is none of GraphQL over WebSocket');
  const { type, id, payload } = message;
  const shown = { message: new Typed('graphql', type, TYPES[type]) };
  if (id !== undefined) shown.id = id;
  if (typeof payload?.query === 'string') {
    shown.operation = payload.query.split('\n');
    if (payload.operationName) shown.name = payload.operationName;
    if (payload.variables) shown.variables = payload.variables;
  }
  shown.whole = decodeJson(bytes);
  return shown;
}

export function looksLikeGraphQl(bytes, subprotocol) {
  try {
    const { type, payload } = read(bytes) ?? {};
    if (!Object.hasOwn(TYPES, type)) return false;
    return (
      /^graphql/.test(subprotocol ?? '') ||
      SURE.includes(type) ||
      (['subscribe', 'start'].includes(type) &&
        typeof payload?.query === 'string')
    );
  } catch {
    return false;
  }
}

function read(bytes) {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}
