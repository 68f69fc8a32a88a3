import { heartbeat } from 'framewright/heartbeat';
import { limits } from 'framewright/limits';

/**
 * Drops clients that are gone, and keeps those in check that want too much.
 *
 * @param {import('koa')} app with WebSockets
 * @param {object} options
 * @param {number} options.heartbeatSeconds 0 for no heartbeat
 * @param {number} options.connectionsPerAddress 0 for no limits
 */
export function protect(app, { connectionsPerAddress, heartbeatSeconds }) {
  if (heartbeatSeconds > 0) {
    const interval = heartbeatSeconds * 1000;
    heartbeat(app, { interval, timeout: interval / 3 });
  }

  if (connectionsPerAddress > 0) {
    limits(app, {
      connectionsPerAddress: { max: connectionsPerAddress },
      messages: { perSecond: 20, burst: 100 }
    });
  }
}
