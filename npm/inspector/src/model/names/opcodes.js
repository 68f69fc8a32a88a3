/** Opcodes by their four bits (RFC 6455 §11.8). */
const KNOWN = {
  0x0: { name: 'continuation', short: 'CONT', group: 'data' },
  0x1: { name: 'text', short: 'TEXT', group: 'data' },
  0x2: { name: 'binary', short: 'BIN', group: 'data' },
  0x8: { name: 'close', short: 'CLOSE', group: 'close' },
  0x9: { name: 'ping', short: 'PING', group: 'control' },
  0xa: { name: 'pong', short: 'PONG', group: 'control' }
};

/** What to call an opcode; reserved ones are named by their bits. */
export function opcodeInfo(bits) {
  return (
    KNOWN[bits] ?? {
      name: `reserved 0x${bits.toString(16)}`,
      short: `0x${bits.toString(16).toUpperCase()}`,
      group: 'reserved'
    }
  );
}
