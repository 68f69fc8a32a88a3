import { Companion, LOADGEN_CORE, runJson } from './spawn.mjs';

/** The load generator, against one server. */
export class Loadgen {
  #binary;

  constructor(binary) {
    this.#binary = binary;
  }

  /**
   * Runs to the end.
   *
   * @param {string} mode `echo`, `rate`, `broadcast` or `churn`
   * @param {number} port The server's port
   * @param {object} options Its options, e.g. `{ 'in-flight': 32 }`
   * @return {Promise<object>} What it measured
   */
  run(mode, port, options) {
    const args = argsOf(mode, port, options);
    return runJson(LOADGEN_CORE, this.#binary, args, options['duration-ms']);
  }

  /**
   * Starts it with connections that stay open until it is ended.
   *
   * @param {number} port The server's port
   * @param {number} connections How many
   * @param {object} [options] More of its options, e.g. `{ echoes: 20 }`
   * @return {Companion} Tells what there is when they idle
   */
  hold(port, connections, options) {
    const args = argsOf('idle', port, { connections, ...options });
    return new Companion(LOADGEN_CORE, this.#binary, args);
  }
}

function argsOf(mode, port, options) {
  const args = ['--port', String(port), mode];
  for (const [name, value] of Object.entries(options)) {
    if (value === true) args.push(`--${name}`);
    else if (value != null && value !== false)
      args.push(`--${name}`, `${value}`);
  }
  return args;
}
