export {
  heartbeat,
  type Clock,
  type Heartbeat,
  type HeartbeatOptions,
  type Target
} from '../heartbeat.js';
