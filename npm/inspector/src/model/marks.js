/** Who made a frame, where that isn't the sender alone: a sign, and in words. */
export const MARKS = {
  rebuilt: ['↺', 'rebuilt from what was sent before'],
  inserted: ['✎', 'sent by hand'],
  changed: ['✎', 'changed by hand']
};
