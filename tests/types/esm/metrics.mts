// framewright/metrics' types, in an ES module.
import {
  metrics,
  type Metrics,
  type MetricsOptions,
  type Snapshot
} from 'framewright/metrics';
import { WebSocketServer } from 'ws';

const options: MetricsOptions = {};
const counting: Metrics = metrics(
  new WebSocketServer({ noServer: true }),
  options
);
const snapshot: Snapshot = counting.snapshot();
counting.close();
void snapshot.roundTrips.buckets[0]?.upTo;
