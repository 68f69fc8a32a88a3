import { difference } from '../difference.mjs';
import { exception } from '../exceptions.mjs';

const EVENTS = new Set(['message', 'ping', 'pong', 'conclude', 'error']);

/**
 * Compares the two traces of a case.
 *
 * @returns {{ difference: string | null, exceptions: string[] }}
 */
export function judge([stock, ours]) {
  const exceptions = [];
  let found = null;
  while (stock && !found) {
    const view = stock.kase.deflate ? outcome : (trace) => trace.log;
    const differs = difference(view(stock), view(ours));
    if (differs) {
      const name = exception(stock.kase, stock, ours);
      if (name) exceptions.push(name);
      else found = differs;
    }
    stock = stock.partner;
    ours = ours.partner;
  }
  return { difference: found, exceptions };
}

/**
 * What must be the same where messages are inflated, however soon that is done: the events and the end, but not
 * which of the writes after one that failed were still waiting.
 */
function outcome({ log, isDeferred }) {
  const events = log.filter(([name]) => EVENTS.has(name));
  const turns = events
    .filter(([name]) => name !== 'error')
    .map(([, turn]) => turn);
  const isOneATurn = new Set(turns).size === turns.length;
  const [, { finished, errorEmitted, pending }] = log.at(-1);
  return [
    ...events.map(([name, turn, ...rest]) =>
      name === 'error' ? [name, turn] : [name, ...rest]
    ),
    ['end', { finished, errorEmitted, pending }, isDeferred && isOneATurn]
  ];
}
