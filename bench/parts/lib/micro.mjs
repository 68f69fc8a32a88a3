import { fileURLToPath } from 'node:url';
import { runJson, SERVER_CORE } from '../../harness/spawn.mjs';

/**
 * A part that measures ws's classes in process, each time in a new one.
 *
 * @param {string} name The part's name, and its worker's in bench/micro
 * @param {string} title What the figures are
 * @param {[string, string, string, number?][]} list Each cell's code, the
 *     worker's name for it, title, and target
 * @param {object} [options]
 * @param {string} [options.worker] The worker's file name, if it isn't the part's
 * @param {string[]} [options.beside] The peers where they aren't ws and the
 *     others: the second is compared with the first
 * @return {object} The part
 */
export function microPart(name, title, list, { worker = name, beside } = {}) {
  const file = new URL(`../../micro/${worker}.js`, import.meta.url);
  return {
    name,
    title,
    base: beside?.[0] ?? 'ws',
    cells: () =>
      list.map(([code, id, title, toBase]) => ({
        code,
        id,
        title,
        // V8 compiles a loop over many bytes late.
        warmup: id.includes('KiB') || id.includes('MiB') ? 400 : 150,
        unit: 'ns',
        better: 'less',
        target: { peer: beside?.[1], toBase }
      })),
    peers: (_, { quick }) =>
      beside ?? [
        'ws',
        'ws-again',
        ...(quick ? [] : ['ws+addons']),
        'framewright'
      ],
    open: (peer) => ({ peer }),
    async measure({ peer }, { id, warmup }, { node, quick }) {
      const times = quick ? [120, warmup] : [600, 3 * warmup];
      const args = [fileURLToPath(file), peer, id, ...times.map(String)];
      const { ns, disturbed } = await runJson(SERVER_CORE, node, args);
      return { value: ns, disturbed };
    }
  };
}
