import { describe, head, row } from './markdown.mjs';
import { figure, times } from './table.mjs';

/**
 * The few cells that the README shows, with their names in plain words. The
 * first is the one that gains least.
 */
const ROWS = [
  {
    code: 'E1',
    work: 'Echo of 64 bytes, each client waits for its answer'
  },
  {
    code: 'E2',
    work: 'Echo of 64 bytes, 32 messages on their way per client'
  },
  {
    code: 'E4',
    work: 'Echo of 16 KiB, each client waits for its answer'
  },
  {
    code: 'B2',
    work: 'Bursts of 8 messages to 500 clients, with `broadcast()`',
    peer: 'framewright/broadcast'
  },
  {
    code: 'D2b',
    work: 'Compressed echo of 1 KiB JSON, processor time each'
  },
  {
    code: 'D3',
    work: 'Memory of 1,000 connections with compression'
  }
];

/**
 * A run's cells that the README shows.
 *
 * @param {object} run One run of the results
 * @return {object} The run, with those only
 */
export function summarized(run) {
  const codes = ROWS.map(({ code }) => code);
  const parts = run.parts
    .map((part) => ({
      ...part,
      cells: part.cells.filter(({ code }) => codes.includes(code))
    }))
    .filter(({ cells }) => cells.length > 0);
  return { ...run, parts };
}

/**
 * The README's table of the first run.
 *
 * @param {object} results All of them
 * @return {string} Markdown
 */
export function summaryTable(results) {
  const cells = results.runs[0].parts.flatMap((part) => part.cells);
  const rows = ROWS.flatMap(({ code, work, peer = 'framewright' }) => {
    const cell = cells.find((cell) => cell.code === code);
    const ws = cell?.peers.ws;
    const ours = cell?.peers[peer];
    if (!ws || !ours) return [];
    return [
      [
        work,
        figure(ws.median, cell.unit),
        figure(ours.median, cell.unit),
        `× ${times(ours.toBase.median)}`
      ]
    ];
  });
  const table = [
    head(['work', 'stock ws', 'Framewright', 'better']),
    ...rows.map(row)
  ];
  return [table.join('\n'), `${describe(results)}.`].join('\n\n');
}
