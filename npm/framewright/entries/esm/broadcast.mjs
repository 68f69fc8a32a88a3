import framewright from '../broadcast.js';

export const { broadcast, createHub, drained, prepare } = framewright;
