import './node-globals.js';

import { parser } from 'mqtt-packet';

import { Typed } from './value-tree.js';

/** Packet types that only one value of their first byte's flags goes with. */
const CONNECT = 0x10;

/** Packets of MQTT 3.1–5; a message may hold several. */
export async function decodeMqtt(bytes, { inside }) {
  const packets = parse(bytes, 4) ?? parse(bytes, 5);
  if (!packets) throw new Error(problemOf(bytes));
  const shown = await Promise.all(
    packets.map((packet) => show(packet, inside))
  );
  return shown.length === 1 ? shown[0] : shown;
}

export function looksLikeMqtt(bytes, subprotocol) {
  if (/^mqtt/i.test(subprotocol ?? '')) return parse(bytes, 4) !== null;
  const name = new TextDecoder().decode(bytes.subarray(2, 12));
  return bytes[0] === CONNECT && /MQTT|MQIsdp/.test(name);
}

/** The packets, or null where the bytes are none of this version. */
function parse(bytes, protocolVersion) {
  const packets = [];
  const reader = parser({ protocolVersion });
  let hasFailed = false;
  reader.on('packet', (packet) => packets.push(packet));
  reader.on('error', () => (hasFailed = true));
  const left = reader.parse(globalThis.Buffer.from(bytes));
  return hasFailed || left > 0 || packets.length === 0 ? null : packets;
}

function problemOf(bytes) {
  let message = 'its bytes are no whole packet';
  const reader = parser({ protocolVersion: 4 });
  reader.on('error', (error) => ({ message } = error));
  reader.parse(globalThis.Buffer.from(bytes));
  return message;
}

async function show({ cmd, length, ...packet }, inside) {
  const fields = {};
  for (const [name, value] of Object.entries(packet))
    if (value !== null && value !== undefined && name !== 'payload')
      fields[name] = value;
  const { payload } = packet;
  if (payload !== undefined && payload !== null)
    fields.payload = ArrayBuffer.isView(payload)
      ? await inside(new Uint8Array(payload))
      : payload;
  return new Typed(cmd, fields, `${length} bytes after its first two or more`);
}
