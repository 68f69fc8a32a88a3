import { closeCodeName } from './close-codes.js';
import { count, hex } from './format.js';
import { opcodeInfo } from './opcodes.js';

/**
 * What each field is called, which colour group it is in, where it is
 * defined, and what its value says in this frame.
 */
const INFO = {
  fin: {
    label: 'FIN',
    group: 'flag',
    section: 'RFC 6455 §5.2',
    explain: ({ value }, frame) =>
      value
        ? frame.opcode === 0
          ? 'This is the last fragment of its message.'
          : 'The message ends with this frame.'
        : 'More fragments of this message follow.'
  },
  rsv1: {
    label: 'RSV1',
    group: 'flag',
    section: 'RFC 6455 §5.2, RFC 7692 §6',
    explain: ({ value }, frame) =>
      value
        ? frame.isCompressed && frame.opcode !== 0
          ? 'Set: the message is compressed.'
          : 'Set. It means “compressed” only on the first frame of a message, and only with permessage-deflate.'
        : frame.isCompressed
          ? 'Clear, as in every frame but the first of a compressed message.'
          : 'Clear: the payload is not compressed.'
  },
  rsv2: {
    label: 'RSV2',
    group: 'flag',
    section: 'RFC 6455 §5.2',
    explain: reserved
  },
  rsv3: {
    label: 'RSV3',
    group: 'flag',
    section: 'RFC 6455 §5.2',
    explain: reserved
  },
  opcode: {
    label: 'opcode',
    group: 'opcode',
    section: 'RFC 6455 §5.2',
    show: ({ value }) => `0x${value.toString(16)} ${opcodeInfo(value).name}`,
    explain: ({ value }) => OPCODES[value] ?? OPCODES.reserved
  },
  mask: {
    label: 'MASK',
    group: 'mask',
    section: 'RFC 6455 §5.1, §5.2',
    explain: ({ value }, { toClient }) =>
      value
        ? 'Set: a masking key follows, and the payload is XORed with it. ' +
          (toClient
            ? 'But servers must not mask: the client must fail the connection.'
            : 'Clients must mask every frame.')
        : 'Clear: the payload is as it is. ' +
          (toClient
            ? 'Servers must not mask.'
            : 'But clients must mask every frame: the server must fail the connection.')
  },
  payloadLen: {
    label: 'Payload len',
    group: 'length',
    section: 'RFC 6455 §5.2',
    explain: ({ value }) =>
      value === 126
        ? '126 says that the length stands in the next 16 bits.'
        : value === 127
          ? '127 says that the length stands in the next 64 bits.'
          : 'A length up to 125 fits into these seven bits.'
  },
  extendedPayloadLen: {
    label: 'Extended payload length',
    group: 'length',
    section: 'RFC 6455 §5.2',
    explain: ({ bitLen }) =>
      `The payload's length in ${bitLen} bits, high byte first.`
  },
  maskingKey: {
    label: 'Masking-key',
    group: 'mask',
    section: 'RFC 6455 §5.3',
    show: ({ value }) =>
      value === null
        ? 'cut off'
        : hex([value >>> 24, value >>> 16, value >>> 8, value].map(low8)),
    explain: () =>
      'Byte i of the payload is XORed with byte i mod 4 of this key. ' +
      'Each frame should have a new, unpredictable one.'
  },
  closeCode: {
    label: 'Close code',
    group: 'close',
    section: 'RFC 6455 §7.4',
    show: ({ value }) =>
      value === null ? 'cut off' : `${value} ${closeCodeName(value)}`,
    explain: () => 'Why the connection closes, as a number of 16 bits.'
  },
  closeReason: {
    label: 'Close reason',
    group: 'payload',
    section: 'RFC 6455 §5.5.1',
    explain: () => 'A UTF-8 text for people, up to 123 bytes.'
  },
  payload: {
    label: 'Payload data',
    group: 'payload',
    section: 'RFC 6455 §5.2',
    explain: (_, frame) =>
      frame.isCompressed
        ? 'A piece of a compressed message; the message view inflates it.'
        : frame.isMasked
          ? 'What is sent, masked on the wire. The byte view can unmask it.'
          : 'What is sent.'
  }
};

const OPCODES = {
  0x0: 'The next fragment of the message that is under way.',
  0x1: 'The first or only fragment of a text message, which must be UTF-8.',
  0x2: 'The first or only fragment of a binary message.',
  0x8: 'Starts or answers the closing handshake; no data may follow it.',
  0x9: 'Asks the other side for a pong with the same payload.',
  0xa: 'Answers a ping, or is a heartbeat that nobody asked for.',
  reserved: 'Reserved: a peer that sees it must fail the connection.'
};

function reserved({ value }) {
  return value
    ? 'Set. Only a negotiated extension may set it.'
    : 'Clear, as it must be without an extension that uses it.';
}

function low8(value) {
  return value & 0xff;
}

/** @param {{ kind: string }} field */
export function fieldLabel(field) {
  return INFO[field.kind].label;
}

/** The colour group: flag, opcode, mask, length, close or payload. */
export function fieldGroup(field) {
  return INFO[field.kind].group;
}

export function fieldSection(field) {
  return INFO[field.kind].section;
}

/** The value as text; bytes by their number. */
export function fieldValue(field) {
  const { show } = INFO[field.kind];
  if (show) return show(field);
  if (field.value !== null) return count(field.value);
  const len = field.bitLen / 8;
  return `${count(len)} byte${len === 1 ? '' : 's'}`;
}

/** What this value means in this frame, in a sentence or two. */
export function fieldExplanation(field, frame) {
  return INFO[field.kind].explain(field, frame);
}

/** Where the field is: "bit 0 of byte 1", "bytes 2–5". */
export function fieldPlace({ bitOffset, bitLen }) {
  const first = Math.floor(bitOffset / 8);
  const last = Math.ceil((bitOffset + bitLen) / 8) - 1;
  if (bitLen < 8) {
    const bit = bitOffset % 8;
    const bits =
      bitLen === 1 ? `bit ${bit}` : `bits ${bit}–${bit + bitLen - 1}`;
    return `${bits} of byte ${count(first)}`;
  }
  return first === last
    ? `byte ${count(first)}`
    : `bytes ${count(first)}–${count(last)}`;
}
