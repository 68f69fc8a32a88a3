export { acceptWebSockets } from '../http2.js';
