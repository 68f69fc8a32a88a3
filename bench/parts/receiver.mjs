import { fileURLToPath } from 'node:url';
import { runJson, SERVER_CORE } from '../harness/spawn.mjs';

const WORKER = fileURLToPath(new URL('../micro/receiver.js', import.meta.url));

const cell = (code, id, title, target) => ({
  code,
  id,
  title,
  unit: 'ns',
  better: 'less',
  target: { toBase: target }
});

/** R: ws's `Receiver` class alone, in process, no socket. */
export const receiver = {
  name: 'receiver',
  title: 'Receiver alone, time a chunk (a message where it takes many chunks)',
  base: 'ws',
  cells: () => [
    cell('R1', '1x16', '1 × 16 octets a chunk', 2),
    cell('R1b', '1x125', '1 × 125 octets a chunk', 1),
    cell('R1c', '1x1KiB', '1 × 1 KiB a chunk', 1),
    cell('R2', '100x16', '100 × 16 octets a chunk', 4),
    cell('R2b', '400x125', '400 × 125 octets a chunk', 4),
    cell('R3', '1MiB/64KiB', '1 MiB masked text in 64 KiB chunks', 2)
  ],
  peers: () => ['ws', 'ws-again', 'ws+addons', 'framewright'],
  open: (peer) => ({ peer }),
  async measure({ peer }, cell, { node, quick }) {
    const [duration, warmup] = quick ? [150, 200] : [600, 400];
    const args = [WORKER, peer, cell.id, duration, warmup].map(String);
    const { ns } = await runJson(SERVER_CORE, node, args);
    return { value: ns };
  }
};
