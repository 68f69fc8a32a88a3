import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { end } from './talk.mjs';

class Gateway {
  say(client, data) {
    return data;
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
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address();
const client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] });
end(await client.emitWithAck('say', 'hello'));
