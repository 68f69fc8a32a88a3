export {
  limits,
  type ConnectionLimit,
  type LimitClock,
  type LimitEvent,
  type Limits,
  type LimitsOptions,
  type RateLimit
} from '../limits.js';
