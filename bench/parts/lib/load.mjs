import { Loadgen } from '../../harness/loadgen.mjs';
import { buildRust } from '../../harness/rust.mjs';

let binary;

/** What the parts share that load a server. */
export async function prepareLoad({ progress }) {
  binary ??= await buildRust('framewright-loadgen', progress);
  return { loadgen: new Loadgen(binary) };
}

/**
 * Times of a measurement.
 *
 * @param {Server} server Becomes warm by this
 * @param {object} context See `runPart`
 * @param {number} [warmup] Time in ms until V8 has compiled everything. A shorter
 *     one would favour peers with less JavaScript than stock ws
 * @return {object} Options of the load generator
 */
export function window(server, { quick }, warmup = 1000) {
  if (!quick) warmup = 2500;
  // These compile only a few lines.
  if (server.peer === 'raw' || server.peer === 'bun') warmup = 500;
  if (server.warm) warmup = 150;
  server.warm = true;
  return { 'warmup-ms': warmup, 'duration-ms': quick ? 300 : 2000 };
}

/**
 * Measures how many messages a second come back.
 *
 * @param {string} mode `echo` or `broadcast`
 * @param {Server} server The server
 * @param {object} cell Its `load` are options of the load generator
 * @param {object} context See `runPart`
 * @return {Promise<object>} A sample
 */
export async function measureRate(mode, server, { load, warmup }, context) {
  const result = await context.loadgen.run(mode, server.port, {
    ...load,
    ...window(server, context, warmup),
    // It copies what comes, mask and all, where others answer unmasked.
    verbatim: mode === 'echo' && server.peer === 'raw',
    'server-pid': server.pid
  });
  return {
    value: result.rate,
    disturbed: result.disturbed,
    notes: serverLoad(result)
  };
}

/**
 * The processor time of a server for each message, in ns.
 *
 * @param {object} result What the load generator measured
 * @param {number} rate Messages a second
 * @return {number | undefined} Not every system tells
 */
export function timeEach({ server_cpus: cpus }, rate) {
  return cpus == null ? undefined : (cpus / rate) * 1e9;
}

/** Well below 100 %, the server wasn't the limit. */
function serverLoad({ server_cpus: cpus }) {
  return cpus == null ? [] : [['server at', cpus, 'share']];
}
