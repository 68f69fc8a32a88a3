import { diffArrays, diffWordsWithSpace } from 'diff';

import { decodeJson } from './text/json.js';
import { works } from './works.js';

/** Longer payloads are compared up to here, in bytes. */
const MAX_LEN = 512 * 1024;
/** Rows that are shown, and equal ones around each difference. */
const MAX_ROWS = 2000;
const CONTEXT = 3;
/** Longer lines are marked whole. */
const MAX_LINE_LEN = 20_000;
const BYTES_PER_ROW = 8;
/** What finding the differences may take, in ms. */
const TIME_LIMIT = 1500;

/**
 * Two payloads side by side, as `{ mode, rows, differences, isCut }`. A row has
 * `kind`: same, changed, left, right or skipped (`count` equal lines); and
 * `left` and `right`, each a list of `[text, isMarked]`.
 *
 * @param {'text' | 'json' | 'bytes' | null} mode null for what suits both
 */
export function compare(left, right, mode) {
  const chosen = mode ?? best(left, right);
  const isCut = Math.max(left.length, right.length) > MAX_LEN;
  const lines = LINES[chosen];
  const [before, after] = [left, right].map((bytes) =>
    lines(bytes.subarray(0, MAX_LEN))
  );
  const chunks = diffArrays(before, after, { timeout: TIME_LIMIT });
  if (!chunks) throw new Error('they differ too much to be compared so');
  const rows = rowsOf(chunks, chosen);
  const differences = rows.filter(({ kind }) => kind !== 'same').length;
  const shown = folded(rows);
  return {
    mode: chosen,
    rows: shown.slice(0, MAX_ROWS),
    differences,
    isCut: isCut || shown.length > MAX_ROWS
  };
}

const LINES = {
  text: (bytes) => new TextDecoder().decode(bytes).split('\n'),
  json: (bytes) => {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.stringify(JSON.parse(text), null, 2).split('\n');
  },
  bytes: (bytes) => {
    const lines = [];
    for (let at = 0; at < bytes.length; at += BYTES_PER_ROW)
      lines.push(
        Array.from(bytes.subarray(at, at + BYTES_PER_ROW), (byte) =>
          byte.toString(16).padStart(2, '0')
        ).join(' ')
      );
    return lines;
  }
};

function best(left, right) {
  const both = [left, right];
  if (both.every((bytes) => works(decodeJson, bytes))) return 'json';
  return both.every((bytes) => works(readText, bytes)) ? 'text' : 'bytes';
}

function readText(bytes) {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function rowsOf(chunks, mode) {
  const rows = [];
  let removed = [];
  const add = (added) => {
    const count = Math.max(removed.length, added.length);
    for (let at = 0; at < count; at++)
      rows.push(pair(removed[at], added[at], mode));
    removed = [];
  };
  for (const chunk of chunks) {
    if (chunk.removed) removed = chunk.value;
    else if (chunk.added) add(chunk.value);
    else {
      add([]);
      for (const line of chunk.value)
        rows.push({
          kind: 'same',
          left: [[line, false]],
          right: [[line, false]]
        });
    }
  }
  add([]);
  return rows;
}

function pair(left, right, mode) {
  if (left === undefined)
    return { kind: 'right', left: [], right: [[right, true]] };
  if (right === undefined)
    return { kind: 'left', left: [[left, true]], right: [] };
  const parts =
    Math.max(left.length, right.length) > MAX_LINE_LEN
      ? [
          { value: left, removed: true },
          { value: right, added: true }
        ]
      : differences(left, right, mode);
  return {
    kind: 'changed',
    left: parts
      .filter(({ added }) => !added)
      .map(({ value, removed }) => [value, Boolean(removed)]),
    right: parts
      .filter(({ removed }) => !removed)
      .map(({ value, added }) => [value, Boolean(added)])
  };
}

function differences(left, right, mode) {
  if (mode !== 'bytes') return diffWordsWithSpace(left, right);
  const parts = diffArrays(left.split(/(?= )/), right.split(/(?= )/));
  return parts.map((part) => ({ ...part, value: part.value.join('') }));
}

/** Long stretches of equal lines are one row that says how many. */
function folded(rows) {
  const isNear = rows.map(() => false);
  for (const [at, { kind }] of rows.entries())
    if (kind !== 'same')
      isNear.fill(true, Math.max(0, at - CONTEXT), at + CONTEXT + 1);
  const shown = [];
  for (const [at, row] of rows.entries()) {
    if (isNear[at]) shown.push(row);
    else if (shown.at(-1)?.kind === 'skipped') shown.at(-1).count++;
    else shown.push({ kind: 'skipped', count: 1, left: [], right: [] });
  }
  return shown;
}
