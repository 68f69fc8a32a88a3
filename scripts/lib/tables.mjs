// Tables in Markdown that a script writes, between `<!-- NAME:start -->` and `<!-- NAME:end -->`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './run.mjs';

/** A table as prettier formats it; `rows[0]` is its head. */
export function tableOf(rows) {
  const widths = rows[0].map((_, i) =>
    Math.max(3, ...rows.map((row) => row[i].length))
  );
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const [head, ...body] = rows.map((row) =>
    line(row.map((cell, i) => cell.padEnd(widths[i])))
  );

  return [head, line(widths.map((n) => '-'.repeat(n))), ...body].join('\n');
}

/** What stands between the marks of a table. */
export function tableIn(page, name) {
  return part(readFileSync(join(root, page), 'utf8'), name)[1];
}

/** Writes a table into a page. */
export function writeTable(page, name, rows) {
  const file = join(root, page);
  const [before, , after] = part(readFileSync(file, 'utf8'), name);

  writeFileSync(file, before + tableOf(rows) + after);
}

function part(text, name) {
  const start = `<!-- ${name}:start -->\n\n`;
  const end = `\n\n<!-- ${name}:end -->`;
  const from = text.indexOf(start) + start.length;
  const to = text.indexOf(end, from);

  if (from < start.length || to < 0) throw new Error(`there is no ${name}`);
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}
