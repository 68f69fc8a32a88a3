import { Decompress } from 'fzstd';

import { Typed } from './value-tree.js';

/** The most that a payload may decompress to, in bytes. */
const MAX_LEN = 16 * 1024 * 1024;

/** What a payload that is compressed by itself holds, decoded in turn. */
export async function decodeCompressed(bytes, { inside }) {
  const format = formatOf(bytes);
  if (!format) throw new Error('it does not begin as gzip, zlib or zstd does');
  const content =
    format === 'zstd' ? zstd(bytes) : await inflated(bytes, format);
  const note = `${bytes.length} bytes, ${content.length} decompressed`;
  return new Typed(format, await inside(content), note);
}

export function looksCompressed(bytes) {
  return formatOf(bytes) !== null;
}

function formatOf([a, b, c, d]) {
  if (a === 0x1f && b === 0x8b && c === 8) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  // Deflate with a window of 32 KiB, and a check of both bytes.
  return a === 0x78 && (a * 256 + b) % 31 === 0 ? 'zlib' : null;
}

async function inflated(bytes, format) {
  const stream = new Blob([bytes])
    .stream()
    .pipeThrough(
      new DecompressionStream(format === 'gzip' ? 'gzip' : 'deflate')
    );
  const content = new Content();
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return content.joined();
    content.add(value);
  }
}

function zstd(bytes) {
  const content = new Content();
  new Decompress((chunk) => content.add(chunk)).push(bytes, true);
  return content.joined();
}

class Content {
  #chunks = [];
  #len = 0;

  add(chunk) {
    this.#len += chunk.length;
    if (this.#len > MAX_LEN)
      throw new Error(`it decompresses to more than ${MAX_LEN >> 20} MiB`);
    this.#chunks.push(chunk);
  }

  joined() {
    const bytes = new Uint8Array(this.#len);
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}
