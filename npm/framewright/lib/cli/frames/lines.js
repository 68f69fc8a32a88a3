'use strict';

const OPCODES = {
  0: ['continuation', 'CONT'],
  1: ['text', 'TEXT'],
  2: ['binary', 'BIN'],
  8: ['close', 'CLOSE'],
  9: ['ping', 'PING'],
  10: ['pong', 'PONG']
};
const CLOSE = 8;
const TEXT = 1;
const BINARY = 2;

/** How many characters of a payload a line shows. */
const SHOWN_LEN = 100;

/**
 * A frame in one line: time, connection, direction, opcode, flags, length and
 * the start of the payload.
 */
function textLine(line) {
  const { conn, toClient, opcode, payloadLen, findings } = line;
  const worst = findings.some(({ severity }) => severity === 'error')
    ? ' ✕'
    : findings.length > 0
      ? ' !'
      : '';

  return [
    timeOf(line).padEnd(27),
    `#${conn}`.padEnd(4),
    toClient ? '←' : '→',
    shortName(opcode).padEnd(5),
    flagsOf(line),
    String(payloadLen).padStart(6),
    `${preview(line)}${worst}`
  ]
    .join(' ')
    .trimEnd();
}

/** A frame, or a message, as JSON. */
function jsonLine(line, isMessage = false) {
  const { frame, conn, name, url, toClient, opcode, findings } = line;
  const { bytes, missing } = line.payload ?? {};
  const text = opcode === TEXT && !missing ? decode(bytes) : null;
  const base64 = bytes && Buffer.from(bytes).toString('base64');

  return JSON.stringify({
    frame,
    conn,
    ...(name !== null && { name }),
    url,
    time: timeOf(line),
    direction: toClient ? 'to-client' : 'to-server',
    opcode,
    type: OPCODES[opcode]?.[0] ?? 'reserved',
    ...(!isMessage && {
      fin: line.fin,
      rsv: line.rsv,
      masked: line.isMasked
    }),
    compressed: line.isCompressed,
    complete: line.isComplete,
    length: isMessage ? (bytes?.length ?? null) : line.payloadLen,
    ...(opcode === CLOSE && bytes?.length >= 2 && closeOf(bytes)),
    ...(text === null ? { data: base64 ?? null } : { text }),
    ...(missing > 0 && { missing }),
    findings: findings.map(({ rule, severity, message }) => ({
      rule,
      severity,
      message
    }))
  });
}

/** A finding in one line. */
function findingLine({ severity, conn, frame, rule, message, section }) {
  const where = frame === null ? `#${conn}` : `#${conn} frame ${frame}`;

  return `${severity}: ${where}: ${message} (${[section, rule].filter(Boolean).join(', ')})`;
}

/** ISO 8601 to the microsecond, or seconds where no clock is known. */
function timeOf({ isUnix, seconds, nanos }) {
  const micros = String(Math.floor(nanos / 1000)).padStart(6, '0');

  if (!isUnix) return `${seconds}.${micros}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${micros}Z`;
}

/** FIN, RSV1 to 3 and MASK, as in the inspector. */
function flagsOf({ fin, rsv, isMasked }) {
  return [
    fin ? 'F' : '·',
    rsv & 4 ? '1' : '·',
    rsv & 2 ? '2' : '·',
    rsv & 1 ? '3' : '·',
    isMasked ? 'M' : '·'
  ].join('');
}

function preview(line) {
  const { opcode, payload, isComplete } = line;

  if (!payload) return isComplete ? '' : '(not complete)';

  // What the inspector shows for a frame.
  if (line.preview !== null) return line.preview;

  const { bytes, missing } = payload;
  const rest = missing > 0 ? ` (${missing} bytes missing)` : '';

  if (opcode === CLOSE && bytes.length >= 2) {
    const { code, reason } = closeOf(bytes);

    return `${code} ${reason}`.trim() + rest;
  }

  const text = opcode === BINARY ? null : decode(bytes);
  const shown =
    text !== null && !/[^\P{Cc}\s]/u.test(text)
      ? text.replace(/\s+/g, ' ')
      : Buffer.from(bytes.subarray(0, SHOWN_LEN / 2))
          .toString('hex')
          .replace(/..(?=.)/g, '$& ');

  return (
    (shown.length > SHOWN_LEN ? `${shown.slice(0, SHOWN_LEN)}…` : shown) + rest
  );
}

function closeOf(bytes) {
  const code = (bytes[0] << 8) | bytes[1];

  return { code, reason: new TextDecoder().decode(bytes.subarray(2)) };
}

/** Text, or null where it isn't UTF-8. */
function decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes
    );
  } catch {
    return null;
  }
}

function shortName(opcode) {
  return OPCODES[opcode]?.[1] ?? `0x${opcode.toString(16)}`;
}

module.exports = { findingLine, jsonLine, textLine };
