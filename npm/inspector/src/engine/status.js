/** An engine's counts, by name. */

/** How many rows the frame list has. */
export function rowCount(engine) {
  return engine.totals()[10];
}

/** Whether anything was made of what is read so far. */
export function hasContent(engine) {
  const [, , connections] = engine.totals();
  return connections > 0;
}

/**
 * What the page is told of an engine, with the findings of `conn`, or of all
 * with null. The first `cleared` frames are none of its business.
 */
export function statusOf(engine, conn, cleared) {
  const [
    frames,
    held,
    connections,
    findings,
    keptLen,
    droppedFrames,
    droppedMessages,
    droppedBytes,
    droppedFindings,
    droppedConnections,
    rows,
    rowsEvicted,
    scanned
  ] = engine.totals();
  return {
    rows,
    rowsEvicted,
    frames,
    cleared,
    held: frames - Math.max(frames - held, cleared),
    findings,
    keptLen,
    dropped: {
      frames: Math.max(0, droppedFrames - cleared),
      messages: droppedMessages,
      bytes: droppedBytes,
      findings: droppedFindings,
      connections: droppedConnections
    },
    connections: engine.connections(0, connections),
    rules: engine.findingRules(conn ?? -1),
    isScanning: scanned < frames
  };
}
