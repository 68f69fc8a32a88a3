/** Why a compressed message has no content. */
export const NO_CONTENT = {
  'not-yet-inflated': 'Compressed; its last byte has not come yet.',
  'no-prior-window':
    'Compressed with a window from before this capture: no prior window, so ' +
    'it can’t be inflated. Reload the client: what it sends on a new connection can be read.',
  'bytes-missing': 'Compressed, and bytes of it are missing from the capture.',
  'inflate-failed': 'Compressed, but it does not inflate.',
  'inflate-too-long':
    'Compressed, and not shown: it would inflate to more than 128 MiB, the ' +
    'limit for one message.',
  'over-budget':
    'Compressed, and not shown: the messages of this direction inflate to ' +
    'more than the limit for a whole capture. The finding “inflate-budget” ' +
    'says where it was reached.'
};
