export {
  metrics,
  opentelemetry,
  prometheus,
  type ConnectionFigures,
  type Distribution,
  type Metrics,
  type MetricsOptions,
  type OpenTelemetryOptions,
  type PrometheusOptions,
  type Snapshot,
  type Traffic
} from '../metrics.js';
