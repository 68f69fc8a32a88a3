import framewright from '../http2.js';

export const { acceptWebSockets } = framewright;
