/** Why something is empty, in a sentence, and what can be done about it. */

import { plural } from './format.js';
import { isLive } from './names/states.js';

/**
 * Why the frame list has no rows: `{ text, actions }`, each action with its
 * name and its label.
 *
 * @param {import('./session/session.js').Session} session
 */
export function noRows(session) {
  const { status, isPaused, heldBack } = session;
  if (isPaused && heldBack > 0) {
    const text = `The list is paused, and ${plural(heldBack, 'frame')} came since.`;
    return { text, actions: [['pause', 'Resume']] };
  }
  if (!status) return nothingOpen();
  if (status.held > 0) return noMatch(session);
  if (status.dropped.frames > 0) {
    const text = `All ${plural(status.dropped.frames, 'frame')} were dropped to stay within the memory limit.`;
    return { text, actions: [] };
  }
  return status.live ? nothingLive(status) : nothingRead(session);
}

function nothingOpen() {
  const text =
    'Nothing is open yet. Open or drop a capture, paste bytes, or watch a running app.';
  return { text, actions: [['sample', 'Open the sample']] };
}

const BY_NAME = /(^|[\s(!-])name(?=[=:~!])/;

function noMatch({ status, query, conn }) {
  const all = conn === null ? [] : [['all', 'Show all connections']];
  if (status.isScanning)
    return { text: 'No frame matches so far.', actions: [] };
  if (query === '')
    return {
      text: `Nothing was sent on connection ${conn}, or nothing of it is kept.`,
      actions: all
    };
  const text =
    conn !== null
      ? `No frame of connection ${conn} matches the filter.`
      : status.held === 1
        ? 'The only frame does not match the filter.'
        : `None of the ${plural(status.held, 'frame')} matches the filter.`;
  const isNameless = status.connections.every(({ name }) => !name);
  const why =
    BY_NAME.test(query) && isNameless
      ? ' No connection has a name: the app gives them, by inspect({ nameOf }).'
      : '';
  return {
    text: text + why,
    actions: [['unfilter', 'Clear the filter'], ...all]
  };
}

function nothingLive({ live, connections, cleared }) {
  const reconnect = [['reconnect', 'Reconnect']];
  switch (live.state) {
    case 'connecting':
      return { text: `Connecting to ${live.url} …`, actions: [] };
    case 'failed':
      return {
        text: `Not connected to ${live.url}: ${live.error}. See that the app runs and serves the inspector there.`,
        actions: reconnect
      };
    case 'ended':
      return {
        text: 'The source ended before any frame came. Start the app again, then reconnect.',
        actions: reconnect
      };
    default:
      if (cleared > 0)
        return {
          text: 'You cleared the list. Frames show here as they come.',
          actions: []
        };
      return {
        text:
          connections.length === 0
            ? 'Connected, and no WebSocket is open yet. Use the app: its frames show here as they come.'
            : `${plural(connections.length, 'connection')} open, and nothing was sent since you began to watch. Frames show here as they come.`,
        actions: []
      };
  }
}

function nothingRead({ status, source, reading, unread }) {
  if (reading) return { text: `Reading ${reading.name} …`, actions: [] };
  if (unread?.wantsKeys && status.connections.length === 0)
    return {
      text: 'It is encrypted, and can’t be read without its keys: see above.',
      actions: [['open', 'Open another']]
    };
  const notes = source?.notes ?? [];
  const found =
    status.connections.length === 0
      ? 'No WebSocket connection was found in it.'
      : `It has ${plural(status.connections.length, 'connection')}, but no frame.`;
  return {
    text: [found, ...notes.map((note) => `${sentence(note)}.`)].join(' '),
    actions: [['open', 'Open another']]
  };
}

/** Why there are no connections. */
export function noConnections(status) {
  if (!status) return 'Nothing is open yet.';
  return isLive(status.live) ? 'No connection yet.' : 'No connection.';
}

/** Why there are no findings. */
export function noFindings(status) {
  if (!status || status.frames === 0)
    return 'No frames yet, so nothing to check.';
  return status.connections.some(({ source }) => source === 'wire')
    ? 'No findings: all rules are followed.'
    : 'No findings. This was not captured as it was on the wire, so most rules can’t be checked.';
}

function sentence(note) {
  return note.charAt(0).toUpperCase() + note.slice(1).replace(/\.$/, '');
}
