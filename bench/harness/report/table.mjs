import { paint } from './progress.mjs';

const NAMES = {
  'ws-again': 'ws again (noise)',
  'ws+addons': 'ws + addons',
  raw: 'net.Socket (ceiling)',
  bun: 'Bun'
};

// How much two runs of stock ws differ on a quiet machine.
export const NOISE = 0.03;

// The share of a core lost to other processes from which on figures are noise.
const DISTURBED = 0.05;

/** A peer's name as people read it. */
export const peerName = (peer) => NAMES[peer] ?? peer;

const SCALES = {
  'msg/s': [1, 'k', 'M'],
  ns: ['ns', 'µs', 'ms'],
  bytes: ['bytes', 'kB', 'MB'],
  number: ['', 'k', 'M']
};

/** A figure as people read it: `2.29M/s`, `18.8 µs`, `9.6 kB`. */
export function figure(value, unit) {
  if (unit === 'share') return `${Math.round(value * 100)} %`;
  if (unit === 'times') return times(value);
  let power = 0;
  while (value >= 1000 && power < 2) {
    value /= 1000;
    power++;
  }
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const number = value.toFixed(power || unit === 'ns' ? digits : 0);
  if (unit.endsWith('/s')) return `${number}${['', 'k', 'M'][power]}/s`;
  return `${number} ${SCALES[unit][power]}`.trimEnd();
}

export const times = (value) => value.toFixed(value >= 10 ? 1 : 2);

const range = ({ median, min, max }) =>
  `${times(median)} (${times(min)}–${times(max)})`;

/**
 * Prints one part's results.
 *
 * @param {object} part As `runPart` returned it
 * @param {NodeJS.WriteStream} out Where to
 */
export function printPart(part, out) {
  out.write(`\n${paint(out, 'bold', part.title)}\n`);
  for (const cell of part.cells) {
    out.write(`  ${paint(out, 'bold', cell.code)} ${cell.title}\n`);
    for (const [peer, result] of Object.entries(cell.peers)) {
      out.write(`    ${line(cell, peer, result, out)}\n`);
    }
    for (const [peer, reason] of Object.entries(cell.skipped)) {
      const text = `${peerName(peer).padEnd(22)} skipped: ${reason}`;
      out.write(`    ${paint(out, 'dim', text)}\n`);
    }
  }
}

/**
 * Prints what Framewright's ratio is on each node.
 *
 * @param {object} results All of them
 * @param {NodeJS.WriteStream} out Where to
 */
export function printSummary(results, out) {
  const nodes = results.runs.map(({ node }) => node.padStart(10)).join('');
  out.write(
    `\n${paint(out, 'bold', 'framewright to ws'.padEnd(20))}${nodes}\n`
  );
  for (const { code, ratios } of summary(results)) {
    const columns = ratios.map((ratio) => {
      const text = (ratio ? times(ratio.median) : '').padStart(10);
      return ratio?.median < 1 - NOISE ? paint(out, 'red', text) : text;
    });
    out.write(`  ${code.padEnd(18)}${columns.join('')}\n`);
  }
}

/**
 * Framewright's ratio to stock ws in each cell, on each node.
 *
 * @param {object} results All of them
 * @return {{ code: string, title: string, ratios: (object | undefined)[] }[]}
 */
export function summary({ runs }) {
  const cells = (run) => run.parts.flatMap((part) => part.cells);
  return cells(runs[0])
    .filter(({ base }) => base === 'ws')
    .map(({ code, title }) => ({
      code,
      title,
      ratios: runs.map((run) => {
        const cell = cells(run).find((cell) => cell.code === code);
        return cell?.peers.framewright?.toBase;
      })
    }));
}

function line(cell, peer, result, out) {
  const columns = [
    peerName(peer).padEnd(22),
    figure(result.median, cell.unit).padStart(10),
    (result.toBase && peer !== cell.base
      ? `× ${range(result.toBase)}`
      : ''
    ).padEnd(24),
    (result.toCeiling && peer !== cell.ceiling
      ? `${range(result.toCeiling)} of ceiling`
      : ''
    ).padEnd(28)
  ];
  for (const [label, value, unit] of result.notes ?? []) {
    columns.push(`${label} ${figure(value, unit)}`);
  }
  if (result.disturbed > DISTURBED) {
    const share = figure(result.disturbed, 'share');
    columns.push(paint(out, 'yellow', `others took up to ${share} of a core`));
  }
  if (peer.startsWith('framewright')) {
    columns.push(verdict(cell, peer, result, out));
  }
  return columns.join('  ').trimEnd();
}

function verdict(
  { target = {}, unit },
  peer,
  { median, toBase, toCeiling },
  out
) {
  if (!toBase) return '';
  const aims = peer === (target.peer ?? 'framewright') ? target : {};
  const missed = [];
  // Where no other target is set: never slower than the base.
  const toBaseAim = aims.toBase ?? (aims.atMost ? 0 : 1 - NOISE);
  if (toBase.median < toBaseAim) {
    missed.push(`target ${times(aims.toBase ?? 1)}`);
  }
  if (median > aims.atMost) missed.push(`at most ${figure(aims.atMost, unit)}`);
  if (toCeiling?.median < aims.toCeiling) {
    missed.push(`target ${times(aims.toCeiling)} of ceiling`);
  }
  return missed.length
    ? paint(out, 'red', `✗ ${missed.join(', ')}`)
    : paint(out, 'green', '✓');
}
