import websockify from '../koa.js';

export const { UpgradeError } = websockify;

export default websockify;
