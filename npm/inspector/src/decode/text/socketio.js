import { jsonInside } from './json.js';
import { Typed } from '../value-tree.js';

const ENGINE_TYPES = [
  'open',
  'close',
  'ping',
  'pong',
  'message',
  'upgrade',
  'noop'
];
const SOCKET_TYPES = [
  'connect',
  'disconnect',
  'event',
  'ack',
  'connect error',
  'binary event',
  'binary ack'
];

/**
 * Engine.IO's packet in a text message: a type digit, then for "message"
 * Socket.IO's packet: a type digit, attachments, namespace, acknowledgement
 * id, JSON.
 */
export function decodeSocketIo(bytes) {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const engine = ENGINE_TYPES[text.charCodeAt(0) - 0x30];
  if (!engine)
    throw new Error('the first character is not an Engine.IO packet type, 0–6');
  const packet = { 'engine.io': new Typed('packet', engine, text[0]) };
  const rest = text.slice(1);
  if (engine === 'message' && SOCKET_TYPES[rest.charCodeAt(0) - 0x30])
    Object.assign(packet, socketPacket(rest));
  else if (rest !== '')
    packet.data = engine === 'open' ? jsonInside(rest) : rest;
  return packet;
}

export function looksLikeSocketIo(bytes) {
  const text = new TextDecoder().decode(bytes.subarray(0, 80));
  return (
    /^4[0-6](\d*-)?(\/[^,]*,)?\d*(?:[[{]|$)/.test(text) ||
    /^0\{"sid":/.test(text) ||
    /^[235](probe)?$/.test(text)
  );
}

function socketPacket(text) {
  const type = SOCKET_TYPES[text.charCodeAt(0) - 0x30];
  const [, attachments, namespace, id, data] =
    /^(?:(\d+)-)?(?:(\/[^,]*),?)?(\d+)?([^]*)$/.exec(text.slice(1));
  const packet = {
    'socket.io': new Typed('packet', type, text[0]),
    namespace: namespace ?? '/'
  };
  if (attachments !== undefined) packet.attachments = Number(attachments);
  if (id !== undefined) packet['ack id'] = Number(id);
  if (data !== '') {
    const value = jsonInside(data);
    if (type === 'event' && Array.isArray(value)) {
      packet.event = value[0];
      packet.arguments = value.slice(1);
    } else packet.data = value;
  }
  return packet;
}
