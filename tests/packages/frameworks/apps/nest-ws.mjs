import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { ask, end } from './talk.mjs';

class Gateway {
  say(client, data) {
    return { event: 'said', data };
  }
}
// What a TypeScript compiler makes of the decorators.
const { prototype } = Gateway;
SubscribeMessage('say')(
  prototype,
  'say',
  Object.getOwnPropertyDescriptor(prototype, 'say')
);
WebSocketGateway()(Gateway);

class App {}
Module({ providers: [Gateway] })(App);

const app = await NestFactory.create(App, { logger: false });
app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address();
const said = await ask(
  `ws://127.0.0.1:${port}/`,
  '{"event":"say","data":"hello"}'
);
end(JSON.parse(said).data);
