import type Koa from 'koa';
import websockify from '../koa.js';

export const UpgradeError: typeof websockify.UpgradeError;
export type UpgradeError = websockify.UpgradeError;

export type App<
  StateT = Koa.DefaultState,
  ContextT = Koa.DefaultContext
> = websockify.App<StateT, ContextT>;

export type Middleware<
  StateT = Koa.DefaultState,
  ContextT = Koa.DefaultContext
> = websockify.Middleware<StateT, ContextT>;

export default websockify;
