const OVER = ['closed', 'reset', 'refused', 'ended'];

/** Whether a connection in this state is one that nothing comes on any more. */
export function isOver(state) {
  return OVER.includes(state);
}

/** Whether it was open when the capture ended, so nobody knows how it went on. */
export function isCutOff(state) {
  return state === 'capture ended';
}

/** Whether frames may still come from this live source, if it is one. */
export function isLive(live) {
  return live?.state === 'open' || live?.state === 'connecting';
}
