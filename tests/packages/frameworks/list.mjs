// The frameworks, by app: the package that counts, and what answers. `isLeft`: its copy of ws is too old to be accelerated.

export const FRAMEWORKS = {
  aedes: { name: 'aedes' },
  apollo: { name: '@apollo/server' },
  crossws: { name: 'crossws' },
  'express-ws': { name: 'express-ws', isLeft: true },
  fastify: { name: '@fastify/websocket' },
  feathers: { name: '@feathersjs/socketio' },
  'graphql-ws': { name: 'graphql-ws' },
  hapi: { name: '@hapi/nes' },
  hocuspocus: { name: '@hocuspocus/server' },
  hono: { name: '@hono/node-ws' },
  'koa-easy-ws': { name: 'koa-easy-ws' },
  'koa-websocket': { name: 'koa-websocket' },
  'nest-socket.io': { name: '@nestjs/platform-socket.io' },
  'nest-ws': { name: '@nestjs/platform-ws' },
  next: { name: 'next' },
  'react-router': { name: '@react-router/express' },
  sharedb: { name: 'sharedb' },
  'socket.io': { name: 'socket.io' },
  trpc: { name: '@trpc/server' },
  vite: { name: 'vite', answer: 'connected' },
  'webpack-dev-server': { name: 'webpack-dev-server', answer: 'hot' },
  ws: { name: 'ws' },
  yoga: { name: 'graphql-yoga' }
};
