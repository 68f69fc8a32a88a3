// Writes random.json: headers made at random, half of them then spoiled, with
// stock ws's answers. `node generate.mjs [seed]`

import { writeFileSync } from 'node:fs';

import { Random } from '../../lib/random.mjs';
import oracle from './oracle.js';

const random = new Random(Number(process.argv[2] ?? 6455));
const chance = (p) => random.chance(p);
const pick = (list) => random.pick(list);
const space = () => pick(['', '', '', ' ', '\t', ' \t ']);

/** Leaves a header as it is, or puts a byte in, out or in another's place. */
function spoil(header) {
  if (chance(0.5)) return header;
  const at = random.below(header.length + 1);
  const byte = pick([...'a,;="\\ \t@', '\xe9', '']);
  return header.slice(0, at) + byte + header.slice(at + random.below(2));
}

function value() {
  if (chance(0.4)) return pick(['x', 'xy', '!#$', 'a.b']);
  const escaped = () => (chance(0.3) ? '\\' : '') + pick([...'xyz!~']);
  return `"${Array.from({ length: random.between(1, 4) }, escaped).join('')}"`;
}

/** Names are new each time, as ws groups by name, which loses the order. */
function extensionRow() {
  let names = 0;
  const name = () => 'abcdefghijklmnopqrstuvw'[names++];
  const param = () =>
    `${space()};${space()}${name()}${chance(0.5) ? `=${value()}` : ''}`;
  const params = () => Array.from({ length: random.below(4) }, param).join('');
  const element = () => name() + params();
  const header = spoil(
    Array.from({ length: random.between(1, 3) }, element).join(
      `${space()},${space()}`
    )
  );
  const { extensions, ...error } = oracle.extensions(header);
  if (!extensions) return { header, ...error };
  const list = Object.entries(extensions).map(([name, [params, again]]) => [
    name,
    Object.entries(params).map(([param, [value, more]]) =>
      again || more ? null : [param, value === true ? null : value]
    )
  ]);
  const spoilt = list.some(([, params]) => params.includes(null));
  return spoilt ? null : { header, extensions: list };
}

function subprotocolRow() {
  const name = () => pick(['a', 'b', 'mqtt', 'v1.chat', 'x~y']);
  const header = spoil(
    Array.from({ length: random.between(1, 3) }, name).join(
      `${space()},${space()}`
    )
  );
  return { header, ...oracle.subprotocols(header) };
}

function deflateRow() {
  const bits = () => pick([8, 9, 10, 12, 14, 15]);
  const element = () => {
    const params = [
      'server_no_context_takeover',
      'client_no_context_takeover',
      'client_max_window_bits',
      `client_max_window_bits=${bits()}`,
      `server_max_window_bits="${bits()}"`
    ].filter(() => chance(0.3));
    return ['permessage-deflate', ...params].join('; ');
  };
  const options = {};
  const maybe = (name, values) => {
    if (chance(0.5)) options[name] = pick(values);
  };
  maybe('serverNoContextTakeover', [true, false]);
  maybe('clientNoContextTakeover', [true, false]);
  maybe('serverMaxWindowBits', [false, bits()]);
  maybe('clientMaxWindowBits', [true, false, bits()]);
  const role = pick(['client', 'server']);
  const header = Array.from({ length: random.between(1, 3) }, element);
  return {
    role,
    options,
    header: header.join(', '),
    ...oracle.deflate(role, options, header.join(', '))
  };
}

function make(row, count) {
  const rows = new Set();
  while (rows.size < count) {
    const made = row();
    if (made) rows.add(JSON.stringify(made));
  }
  return `[\n    ${[...rows].join(',\n    ')}\n  ]`;
}

const json = `{
  "extensions": ${make(extensionRow, 250)},
  "subprotocols": ${make(subprotocolRow, 150)},
  "deflate": ${make(deflateRow, 250)}
}
`;
writeFileSync(new URL('random.json', import.meta.url), json);
