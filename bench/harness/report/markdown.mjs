import { figure, NOISE, peerName, summary, times } from './table.mjs';

const PEERS = [
  'ws+addons',
  'framewright',
  'framewright/broadcast',
  'raw',
  'bun'
];

const QUICK =
  '**This is a quick run**: few and short rounds, on one version of Node. ' +
  'Take it for the order of magnitude.';

/**
 * The results as Markdown: one table of the first run, one of all nodes, and
 * the cells where Framewright is worse than stock ws, if any.
 *
 * @param {object} results All of them
 * @return {string}
 */
export function markdown(results) {
  const blocks = [`${describe(results)}.`, cellTable(results.runs[0])];
  if (results.mode === 'quick') blocks.unshift(QUICK);
  const crate = crateTable(results.runs[0]);
  if (crate) blocks.push(crate);
  if (results.runs.length > 1) blocks.push(nodeTable(results));
  blocks.push(otherWays(results), worseCells(results));
  return blocks.filter(Boolean).join('\n\n');
}

/** The machine, the versions and the date, in one line. */
export function describe({ date, machine, mode, rounds, runs, versions }) {
  const software = [
    `Node ${runs.map(({ node }) => node.slice(1)).join(', ')}`,
    `ws ${versions.ws}`,
    versions.bun && `Bun ${versions.bun}`
  ].filter(Boolean);
  return (
    `${machine.cpu}, ${machine.cores} cores, ${machine.system}; ` +
    `${software.join('; ')}; ${date.slice(0, 10)}, ${rounds} ` +
    `${rounds === 1 ? 'round' : 'rounds'}${mode === 'quick' ? ', quick' : ''}`
  );
}

/** A line of a table. */
export const row = (columns) => `| ${columns.join(' | ')} |`;

/** The lines that a table begins with. All columns but the first have figures. */
export const head = (columns) =>
  `${row(columns)}\n${row(columns.map((_, i) => (i ? '---:' : '---')))}`;

function cellTable(run) {
  const parts = run.parts.filter((part) => part.cells.some(isBesideWs));
  const there = PEERS.filter((peer) =>
    parts.some((part) => part.cells.some((cell) => cell.peers[peer]))
  );
  const lines = [
    row(['', 'work', 'stock ws', ...there.map(peerName)]),
    row(['---', '---', '---:', ...there.map(() => '---:')])
  ];
  for (const { title, cells } of parts) {
    lines.push(row(['', `**${title}**`, '', ...there.map(() => '')]));
    for (const cell of cells.filter(isBesideWs)) {
      const base = cell.peers[cell.base];
      lines.push(
        row([
          cell.code,
          cell.title,
          figure(base.median, cell.unit),
          ...there.map((peer) => ratioText(cell.peers[peer]))
        ])
      );
    }
  }
  return lines.join('\n');
}

const isBesideWs = ({ base, peers }) => base === 'ws' && Boolean(peers.ws);

function ratioText(result) {
  if (!result) return '';
  const { median, min, max } = result.toBase;
  return `× ${times(median)} (${times(min)}–${times(max)})`;
}

/** The cells without ws: the crate compared with other crates. */
function crateTable(run) {
  const cells = run.parts
    .flatMap((part) => part.cells)
    .filter((cell) => cell.base && cell.base !== 'ws');
  if (cells.length === 0) return undefined;
  return [
    row(['', 'work', 'beside', 'time', 'framewright']),
    row(['---', '---', '---', '---:', '---:']),
    ...cells.map(({ code, title, base, peers, unit }) =>
      row([
        code,
        title,
        base,
        figure(peers[base].median, unit),
        ratioText(peers.framewright)
      ])
    )
  ].join('\n');
}

/** What was measured in another way than the first line says, if anything. */
function otherWays({ mode, rounds, runs }) {
  const ways = new Map();
  for (const { node, parts } of runs) {
    for (const part of parts) {
      if (!part.mode || (part.mode === mode && part.rounds === rounds))
        continue;
      const way = `${part.mode === 'quick' ? 'Short' : 'Long'} rounds, ${part.rounds}`;
      const there = ways.get(way) ?? new Map();
      ways.set(way, there);
      there.set(node, [...(there.get(node) ?? []), part.name]);
    }
  }
  return [...ways]
    .map(([way, nodes]) => {
      const list = [...nodes].map(
        ([node, names]) => `${names.join(', ')} on Node ${node.slice(1)}`
      );
      return `${way} of them: ${list.join('; ')}.`;
    })
    .join(' ');
}

function nodeTable(results) {
  const nodes = results.runs.map(({ node }) => `Node ${node.slice(1)}`);
  return [
    head(['framewright to stock ws', ...nodes]),
    ...summary(results).map(({ code, title, ratios }) =>
      row([
        `${code} ${title}`,
        ...ratios.map((ratio) => (ratio ? `× ${times(ratio.median)}` : ''))
      ])
    )
  ].join('\n');
}

/** Lists the cells where Framewright's median is worse than stock ws's, even slightly. */
function worseCells(results) {
  const cells = summary(results).flatMap(({ code, ratios }) =>
    ratios.flatMap((ratio, i) =>
      ratio?.median < 1
        ? { code, ratio: ratio.median, node: results.runs[i].node.slice(1) }
        : []
    )
  );
  const list = (cells) =>
    cells
      .map(
        ({ code, ratio, node }) => `${code} on Node ${node} (× ${times(ratio)})`
      )
      .join(', ');
  const worse = cells.filter(({ ratio }) => ratio < 1 - NOISE);
  const even = cells.filter(({ ratio }) => ratio >= 1 - NOISE);
  const lines = [
    worse.length
      ? `Worse than stock ws: ${list(worse)}.`
      : 'Framewright is worse than stock ws in no cell, beyond what stock ws ' +
        `differs from itself (${figure(NOISE, 'share')}).`
  ];
  if (even.length) lines.push(`Worse by less than that: ${list(even)}.`);
  return lines.join(' ');
}
