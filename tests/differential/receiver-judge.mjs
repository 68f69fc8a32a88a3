import { difference } from './difference.mjs';
import { exception } from './exceptions.mjs';

/**
 * Compares the two traces of a case.
 *
 * @returns {{ difference: string | null, exceptions: string[] }}
 */
export function judge([stock, ours]) {
  const exceptions = [];
  let found = null;
  while (stock && !found) {
    const differs = difference(stock.log, ours.log);
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
