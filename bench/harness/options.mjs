import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run bench -- [part...] [options]

Measures Framewright beside stock ws and other peers, in interleaved rounds.
Parts: PARTS. All of them by default.

Options:
  --quick          3 rounds of short runs, under 3 minutes in all (default)
  --full           5 rounds of long runs, stock ws twice for the noise floor, on
                   Node 24, 20, 22 and 26: two hours, or a few minutes a part
  --rounds <n>     that many rounds
  --churn <min>    that many minutes of churn, in the part deflate (default: half
                   a minute, or 10 with --full)
  --peers <list>   only these peers, e.g. ws,framewright
  --before <dir>   beside Framewright of another checkout, built, in place of
                   stock ws: what a change costs
  --node <path>    measure on this node binary
  --nodes <list>   measure on these versions, e.g. 20,22,24,26 (fetched from npm)
  --into <file>    add to the results of an earlier run of this machine: other
                   nodes, or other parts
  --no-save        don't write bench/results
  --json           print the results as JSON instead of tables
  --help           print this

"node bench/results.mjs" publishes a run in bench/RESULTS.md and the README.
NO_COLOR=1 turns colours off.`;

// The first one is what bench/RESULTS.md and the README quote.
const REFERENCE_NODES = ['24', '20', '22', '26'];

/** A mistake in the command line: shown without a stack. */
export class UsageError extends Error {}

/**
 * @param {string[]} args The command line's arguments
 * @param {string[]} partNames Every part
 * @return {object} The options
 */
export function readOptions(args, partNames) {
  const { values, positionals } = parse(args);
  for (const part of positionals) {
    if (!partNames.includes(part)) {
      throw new UsageError(
        `no such part: ${part} (there are ${partNames.join(', ')})`
      );
    }
  }
  if (values.quick && values.full) {
    throw new UsageError('--quick and --full exclude each other');
  }
  if (values.node && values.nodes) {
    throw new UsageError('--node and --nodes exclude each other');
  }
  const quick = !values.full;
  const rounds = values.rounds ? Number(values.rounds) : quick ? 3 : 5;
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`--rounds: not a number of rounds: ${values.rounds}`);
  }
  const churn = values.churn ? Number(values.churn) : quick ? 0.5 : 10;
  if (!(churn > 0)) {
    throw new UsageError(`--churn: not a number of minutes: ${values.churn}`);
  }
  const nodes =
    list(values.nodes) ?? (quick || values.node ? undefined : REFERENCE_NODES);
  for (const node of nodes ?? []) {
    if (!/^\d+(\.\d+){0,2}$/.test(node)) {
      throw new UsageError(`--nodes: not a version: ${node}`);
    }
  }
  if (values.into && (values.before || values['no-save'])) {
    throw new UsageError('--into saves: neither --before nor --no-save');
  }
  if (values.before && values.peers) {
    throw new UsageError('--before has peers of its own: no --peers');
  }
  return {
    help: values.help,
    json: values.json,
    // What is published compares with stock ws.
    save: !values['no-save'] && !values.before,
    quick,
    rounds,
    churn,
    node: values.node,
    nodes,
    peers: list(values.peers),
    before: values.before,
    into: values.into,
    parts: positionals.length ? positionals : partNames
  };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        churn: { type: 'string' },
        peers: { type: 'string' },
        before: { type: 'string' },
        into: { type: 'string' },
        node: { type: 'string' },
        nodes: { type: 'string' },
        'no-save': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false }
      }
    });
  } catch (err) {
    throw new UsageError(err.message);
  }
}

function list(value) {
  const items = value?.split(',').map((item) => item.trim());
  return items?.filter(Boolean);
}
