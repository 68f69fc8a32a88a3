/** Files that say what protobuf messages are made of. */

const NAMES = /\.(proto|desc|descriptor|protoset|binpb|fds|pb)$/i;

export function isSchema({ name = '' }) {
  return NAMES.test(name);
}

/** The schemas and the types that the reader chose, for each direction. */
export class Schemas {
  /** Changes with the files. */
  version = 0;
  files = [];
  /** By `toClient`: the name of a type, or '' for the one that fits. */
  types = { true: '', false: '' };

  /** Files of the same names give way. */
  async add(blobs) {
    const added = await Promise.all(
      blobs.map(async (blob) => ({
        name: blob.name,
        bytes: new Uint8Array(await blob.arrayBuffer())
      }))
    );
    const names = added.map(({ name }) => name);
    const others = this.files.filter(({ name }) => !names.includes(name));
    this.files = [...others, ...added];
    this.version++;
  }
}
