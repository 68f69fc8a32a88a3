/** A message of v1.kernel.websocket.jupyter.org: the offsets of its parts, then these. */
export function jupyterV1(...parts) {
  const texts = parts.map((part) => Buffer.from(part));
  const head = Buffer.alloc(8 * (texts.length + 2));
  head.writeBigUInt64LE(BigInt(texts.length + 1), 0);
  let at = head.length;
  for (const [index, text] of texts.entries()) {
    head.writeBigUInt64LE(BigInt(at), 8 * (index + 1));
    at += text.length;
  }
  head.writeBigUInt64LE(BigInt(at), head.length - 8);
  return Buffer.concat([head, ...texts]);
}
