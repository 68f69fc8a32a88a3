import framewright from '../heartbeat.js';

export const { heartbeat } = framewright;
