//! Which frames the page lists.

use std::collections::VecDeque;

use framewright_capture::{Capture, ConnId, FrameId};

/// The frames that match the filter, in order of arrival.
#[derive(Debug, Default)]
pub(super) struct View {
    /// Without a filter the view is all frames held, and this is `None`.
    matches: Option<Matches>,
}

#[derive(Debug, Default)]
struct Matches {
    conn: Option<ConnId>,
    frames: VecDeque<u32>,
    evicted: u64,
    /// The first frame not looked at yet.
    next: u32,
}

impl View {
    pub(super) fn new(conn: Option<ConnId>) -> Self {
        let matches = conn.map(|conn| Matches { conn: Some(conn), ..Matches::default() });
        Self { matches }
    }

    /// Looks at up to `max` frames more, and says whether none is left.
    pub(super) fn scan(&mut self, capture: &Capture, max: u32) -> bool {
        let Some(matches) = &mut self.matches else { return true };
        let held = capture.frame_ids();
        while matches.frames.front().is_some_and(|&frame| frame < held.start) {
            matches.frames.pop_front();
            matches.evicted += 1;
        }
        let from = matches.next.max(held.start);
        let end = held.end.min(from.saturating_add(max));
        for id in from..end {
            let Some(frame) = capture.frame(FrameId(id)) else { continue };
            if matches.conn.is_none_or(|conn| conn == frame.conn()) {
                matches.frames.push_back(id);
            }
        }
        matches.next = end;
        end == held.end
    }

    pub(super) fn len(&self, capture: &Capture) -> usize {
        self.matches
            .as_ref()
            .map_or_else(|| capture.frame_ids().len(), |matches| matches.frames.len())
    }

    /// How many rows left the front.
    pub(super) fn evicted(&self, capture: &Capture) -> u64 {
        let all = || u64::from(capture.frame_ids().start);
        self.matches.as_ref().map_or_else(all, |matches| matches.evicted)
    }

    pub(super) fn get(&self, capture: &Capture, row: usize) -> Option<FrameId> {
        match &self.matches {
            Some(matches) => matches.frames.get(row).copied().map(FrameId),
            None => capture.frame_ids().nth(row).map(FrameId),
        }
    }

    /// The row of a frame, or where it would be.
    pub(super) fn row_of(&self, capture: &Capture, frame: FrameId) -> (usize, bool) {
        match &self.matches {
            Some(matches) => match matches.frames.binary_search(&frame.0) {
                Ok(row) => (row, true),
                Err(row) => (row, false),
            },
            None => {
                let held = capture.frame_ids();
                (frame.0.saturating_sub(held.start) as usize, held.contains(&frame.0))
            }
        }
    }
}
