import { peerName, times } from './table.mjs';

const BAR = 15;
const GAP = 20;
const LEFT = 330;
const WIDTH = 920;
const RIGHT = 160;
const TOP = 78;

const STYLE = `
    text { font: 12px system-ui, sans-serif; fill: #24292f }
    .title { font-size: 15px; font-weight: 600 }
    .code, .part { font-weight: 600 }
    .note { fill: #57606a }
    .grid { stroke: #d0d7de }
    .base { stroke: #24292f }
    .framewright { fill: #1a7f5a }
    .addons { fill: #9a8c3c }
    .raw { fill: #afb8c1 }
    .bun { fill: #8a6fb0 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .note { fill: #9198a1 }
      .grid { stroke: #30363d }
      .base { stroke: #e6edf3 }
      .raw { fill: #6e7681 }
    }`;

// Each peer's class, in the order of the bars.
const CLASSES = {
  'ws+addons': 'addons',
  framewright: 'framewright',
  'framewright/broadcast': 'framewright',
  bun: 'bun',
  raw: 'raw'
};

/**
 * Draws how many times better than stock ws each peer is, on a scale of powers
 * of two.
 *
 * @param {object} run One run of the results
 * @param {string} note The machine and the versions, in one line
 * @return {string} SVG
 */
export function chart(run, note) {
  const parts = run.parts
    .map(({ title, cells }) => ({ title, groups: groupsOf(cells) }))
    .filter(({ groups }) => groups.length > 0);
  const ratios = parts.flatMap(({ groups }) =>
    groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio))
  );
  const low = Math.floor(Math.log2(Math.min(1, ...ratios)));
  const high = Math.ceil(Math.log2(Math.max(2, ...ratios)));
  const scale = (WIDTH - LEFT - RIGHT) / (high - low);
  const x = (ratio) => LEFT + (Math.log2(ratio) - low) * scale;

  const body = [];
  let y = TOP;
  for (const { title, groups } of parts) {
    const [heading] = title.split(',');
    body.push(
      `<text class="part" x="16" y="${y + 8}">${escape(heading)}</text>`
    );
    y += GAP;
    for (const { cell, bars } of groups) {
      body.push(label(cell, y + (bars.length * BAR) / 2 + 3));
      for (const { peer, ratio } of bars) {
        body.push(...bar(peer, ratio, x, y));
        y += BAR;
      }
      y += GAP / 2;
    }
    y += GAP / 2;
  }
  const grid = [];
  for (let power = low; power <= high; power++) {
    const at = round(x(2 ** power));
    grid.push(
      `<line class="${power ? 'grid' : 'base'}" x1="${at}" x2="${at}" ` +
        `y1="${TOP - 8}" y2="${y - GAP}"/>`,
      `<text class="note" x="${at}" y="${TOP - 14}" ` +
        `text-anchor="middle">${power ? `${2 ** power}×` : 'stock ws'}</text>`
    );
  }
  const lines = [
    `<text class="title" x="16" y="24">Times better than stock ws, ` +
      `Node ${run.node.slice(1)}</text>`,
    `<text class="note" x="16" y="42">${escape(note)}</text>`,
    ...grid,
    ...body
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" ` +
    'role="img" aria-label="Speed beside stock ws">\n' +
    `  <style>${STYLE}\n  </style>\n  ${lines.join('\n  ')}\n</svg>\n`
  );
}

function groupsOf(cells) {
  return cells
    .filter(({ base }) => base === 'ws')
    .map((cell) => ({ cell, bars: barsOf(cell) }))
    .filter(({ bars }) => bars.length > 0);
}

function barsOf(cell) {
  return Object.keys(CLASSES)
    .filter((peer) => cell.peers[peer]?.toBase)
    .map((peer) => ({ peer, ratio: cell.peers[peer].toBase.median }))
    .filter(({ ratio }) => Number.isFinite(ratio) && ratio > 0);
}

function label({ code, title }, y) {
  const short = title.replace(/ connections| in flight/g, '');
  return (
    `<text x="${LEFT - 12}" y="${round(y)}" text-anchor="end">` +
    `<tspan class="code">${code}</tspan> ${escape(short)}</text>`
  );
}

function bar(peer, ratio, x, y) {
  const from = Math.min(x(1), x(ratio));
  const width = Math.abs(x(ratio) - x(1));
  const end = Math.max(x(1), x(ratio));
  return [
    `<rect class="${CLASSES[peer]}" x="${round(from)}" y="${y}" ` +
      `width="${round(width)}" height="${BAR - 2}"/>`,
    `<text class="note" x="${round(end + 5)}" y="${y + BAR - 3}">` +
      `${times(ratio)}× ${escape(peerName(peer))}</text>`
  ];
}

const round = (value) => Math.round(value * 10) / 10;

const escape = (text) =>
  text.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
