import framewright from '../metrics.js';

export const { metrics, opentelemetry, prometheus } = framewright;
