// framewright/limits' types, in an ES module.
import {
  limits,
  type LimitEvent,
  type Limits,
  type LimitsOptions
} from 'framewright/limits';
import { WebSocketServer } from 'ws';

const options: LimitsOptions = {
  connections: { max: 5 },
  onLimit: (event: LimitEvent) => void event.request?.url
};
const limited: Limits = limits(
  new WebSocketServer({ noServer: true }),
  options
);
limited.close();
