import framewright from '../limits.js';

export const { limits } = framewright;
