import { buildRust } from '../harness/rust.mjs';
import { runJson, SERVER_CORE } from '../harness/spawn.mjs';

const DECODERS = ['tungstenite', 'fastwebsockets'];

const decode = (code, id, size) => ({
  code,
  id,
  title: `decode ${size} masked text, to the better of the others`,
  base: DECODERS,
  peers: [...DECODERS, 'framewright'],
  target: { toBase: 2 }
});

const receive = (code, id, size) => ({
  code,
  id,
  title: `receive ${size} masked text over a connection, to the better of the others`,
  base: DECODERS,
  peers: [...DECODERS, 'framewright'],
  target: { toBase: 1.3 }
});

const mask = (code, id, size, toBase) => ({
  code,
  id,
  title: `mask ${size} in place, to copying as many`,
  base: ['memcpy'],
  peers: ['memcpy', 'fastwebsockets', 'framewright'],
  target: { toBase }
});

/** C: the Rust crate alone, beside other crates. */
export const codec = {
  name: 'codec',
  withoutNode: true,
  title: 'Codec crate alone, time a frame',
  cells: () =>
    [
      decode('C1', 'decode-64', '64 bytes'),
      decode('C1b', 'decode-16KiB', '16 KiB'),
      mask('C2', 'mask-64KiB', '64 KiB', 0.8),
      // A short payload costs little but the call: there is no target.
      mask('C2b', 'mask-1KiB', '1 KiB', 0),
      mask('C2c', 'mask-64', '64 bytes', 0),
      receive('C3', 'receive-64', '64 bytes of'),
      receive('C3b', 'receive-16KiB', '16 KiB of'),
      receive('C3c', 'receive-fragments', '16 KiB in 8 fragments of')
    ].map((cell) => ({ ...cell, unit: 'ns', better: 'less' })),
  peers: (cell) => cell.peers,
  async prepare({ progress }) {
    return { binary: await buildRust('framewright-codec-bench', progress) };
  },
  open: (peer) => ({ peer }),
  async measure({ peer }, { id }, { binary, quick }) {
    const times = quick ? ['100', '30'] : ['1000', '300'];
    const { ns } = await runJson(SERVER_CORE, binary, [peer, id, ...times]);
    return { value: ns };
  }
};
