export {
  broadcast,
  createHub,
  drained,
  prepare,
  type BroadcastOptions,
  type Counts,
  type Data,
  type Hub,
  type HubOptions,
  type MessageOptions,
  type Prepared,
  type Published,
  type PublishError,
  type SlowOptions
} from '../broadcast.js';
