const OVER = ['closed', 'reset', 'refused', 'ended'];

/** Whether a connection in this state is one that nothing comes on any more. */
export function isOver(state) {
  return OVER.includes(state);
}
