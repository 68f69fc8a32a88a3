//! Which frames the page lists.

use framewright_capture::{Capture, ConnId, FrameId, Query, QueryError, Scan};

/// The frames that match the filter, in order of arrival.
#[derive(Debug, Default)]
pub(in crate::engine) struct View {
    /// Without a filter the view is all frames held, and this is `None`.
    scan: Option<Scan>,
}

impl View {
    /// The frames of one connection, if `conn` says so, that match `query`.
    pub(in crate::engine) fn new(conn: Option<ConnId>, query: &str) -> Result<Self, QueryError> {
        // Read by itself first, so that an error's place is in what the user wrote.
        let own = Query::parse(query)?;
        let is_empty = query.trim().is_empty();
        let query = match conn {
            None if is_empty => return Ok(Self::default()),
            None => own,
            Some(ConnId(conn)) if is_empty => Query::parse(&format!("conn=={conn}"))?,
            Some(ConnId(conn)) => Query::parse(&format!("conn=={conn} ({query})"))?,
        };
        Ok(Self { scan: Some(Scan::new(query)) })
    }

    /// Looks at up to `max` frames more, and says whether none is left.
    pub(in crate::engine) fn scan(&mut self, capture: &Capture, max: u32) -> bool {
        self.scan.as_mut().is_none_or(|scan| !scan.step(capture, max))
    }

    /// A connection has got another name.
    pub(in crate::engine) fn rename(&mut self, conn: ConnId) {
        if let Some(scan) = &mut self.scan {
            scan.rename(conn);
        }
    }

    /// What the last scan put among the rows before it.
    pub(in crate::engine) fn late(&self) -> &[FrameId] {
        self.scan.as_ref().map_or(&[], Scan::late)
    }

    /// How many frames were looked at.
    pub(in crate::engine) fn scanned(&self, capture: &Capture) -> u64 {
        let all = || u64::from(capture.frame_ids().end);
        self.scan.as_ref().map_or_else(all, Scan::scanned)
    }

    pub(in crate::engine) fn len(&self, capture: &Capture) -> usize {
        match &self.scan {
            Some(scan) => scan.hits().len() - gone(scan, capture),
            None => capture.frame_ids().len(),
        }
    }

    /// How many rows left the front.
    pub(in crate::engine) fn evicted(&self, capture: &Capture) -> u64 {
        match &self.scan {
            Some(scan) => scan.evicted() + gone(scan, capture) as u64,
            None => u64::from(capture.frame_ids().start),
        }
    }

    pub(in crate::engine) fn get(&self, capture: &Capture, row: usize) -> Option<FrameId> {
        match &self.scan {
            Some(scan) => scan.hits().get(gone(scan, capture) + row).copied(),
            None => capture.frame_ids().nth(row).map(FrameId),
        }
    }

    /// The row of the first frame from this one on.
    pub(in crate::engine) fn row_from(&self, capture: &Capture, frame: FrameId) -> usize {
        match &self.scan {
            Some(scan) => {
                let hit = scan.hits().partition_point(|&hit| hit < frame);
                hit.saturating_sub(gone(scan, capture))
            }
            None => frame.0.saturating_sub(capture.frame_ids().start) as usize,
        }
    }

    /// The row of a frame, if it is in the view.
    pub(in crate::engine) fn row_of(&self, capture: &Capture, frame: FrameId) -> Option<usize> {
        match &self.scan {
            Some(scan) => {
                let hit = scan.hits().binary_search(&frame).ok()?;
                hit.checked_sub(gone(scan, capture))
            }
            None => {
                let ids = capture.frame_ids();
                ids.contains(&frame.0).then(|| (frame.0 - ids.start) as usize)
            }
        }
    }
}

/// How many hits were evicted since the last step.
fn gone(scan: &Scan, capture: &Capture) -> usize {
    let first = FrameId(capture.frame_ids().start);
    scan.hits().partition_point(|&frame| frame < first)
}
