//! Runs a query over all frames, in steps.

use std::collections::{BTreeSet, VecDeque};
use std::ops::Range;

use super::Query;
use super::eval::{Evaluator, Scratch, is_first};
use crate::{Capture, ConnId, Frame, FrameId, MessageState};

/// A query under way. Call [`step`](Self::step) as long as there are frames to look at. Hits come in order
/// of frame id; frames that arrive later are looked at by later steps.
#[derive(Debug)]
pub struct Scan {
    query: Query,
    next: u32,
    scanned: u64,
    /// Those that are held.
    hits: VecDeque<FrameId>,
    /// How many hits were evicted.
    evicted: u64,
    /// Frames that were looked at before all of their bytes had come.
    unsettled: Vec<FrameId>,
    /// Connections that have got another name since the last step, where the query asks for names.
    renamed: BTreeSet<ConnId>,
    /// What the last step put among the hits before it.
    late: Vec<FrameId>,
    /// Frames that match if a regex matches their gathered content, with those that match anyway between them.
    /// Empty between steps.
    gathered: Vec<(FrameId, Option<Range<usize>>)>,
    scratch: Scratch,
}

/// How many bytes of content are gathered for regexes.
const GATHERED_LEN: usize = 256 * 1024;

impl Scan {
    /// A scan that hasn't looked at any frame.
    pub fn new(query: Query) -> Self {
        Self {
            query,
            next: 0,
            scanned: 0,
            hits: VecDeque::new(),
            evicted: 0,
            unsettled: Vec::new(),
            renamed: BTreeSet::new(),
            late: Vec::new(),
            gathered: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    /// Looks at the next frames, at most `max_frames`, and says whether there are more to look at now.
    pub fn step(&mut self, capture: &Capture, max_frames: u32) -> bool {
        let mut evaluator = Evaluator::with_scratch(capture, std::mem::take(&mut self.scratch));
        self.look_again(capture, &mut evaluator);
        self.forget_evicted(capture);
        let ids = capture.frame_ids();
        let from = self.next.max(ids.start);
        let end = from.saturating_add(max_frames).min(ids.end);
        for id in (from..end).map(FrameId) {
            let Some(frame) = capture.frame(id) else { continue };
            match evaluator.matches_or_gathers(&self.query.expr, &frame) {
                Ok(false) => {}
                Ok(true) if self.gathered.is_empty() => self.hits.push_back(id),
                // Hits stay in order.
                Ok(true) => self.gathered.push((id, None)),
                Err(content) => self.gathered.push((id, Some(content))),
            }
            if !is_settled(capture, &frame) {
                self.unsettled.push(id);
            }
            if evaluator.gathered_len() >= GATHERED_LEN {
                self.settle(&mut evaluator);
            }
        }
        self.settle(&mut evaluator);
        self.next = end;
        self.scanned += u64::from(end.saturating_sub(from));
        self.scratch = evaluator.into_scratch();
        end < ids.end
    }

    /// A connection has got another name: the next step looks at its frames again.
    pub fn rename(&mut self, conn: ConnId) {
        if self.query.expr.asks_for_names() {
            self.renamed.insert(conn);
        }
    }

    /// The frames that match, so far, in order of id. Those evicted before the last step are gone.
    pub fn hits(&self) -> &VecDeque<FrameId> {
        &self.hits
    }

    /// Hits that the last step put among those before it: frames whose last bytes, or names, came late.
    pub fn late(&self) -> &[FrameId] {
        &self.late
    }

    /// How many frames matched and are gone.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// How many frames were looked at.
    pub fn scanned(&self) -> u64 {
        self.scanned
    }

    /// The query.
    pub fn query(&self) -> &Query {
        &self.query
    }

    fn forget_evicted(&mut self, capture: &Capture) {
        let first = FrameId(capture.frame_ids().start);
        let gone = self.hits.partition_point(|&frame| frame < first);
        self.evicted += gone as u64;
        self.hits.drain(..gone);
        if self.hits.len() < self.hits.capacity() / 4 {
            self.hits.shrink_to(2 * self.hits.len());
        }
    }

    fn settle(&mut self, evaluator: &mut Evaluator<'_>) {
        if !self.gathered.is_empty() {
            evaluator
                .settle(&self.query.expr, self.gathered.drain(..), |id| self.hits.push_back(id));
        }
    }

    fn look_again(&mut self, capture: &Capture, evaluator: &mut Evaluator<'_>) {
        let mut unsettled = std::mem::take(&mut self.unsettled);
        for conn in std::mem::take(&mut self.renamed) {
            unsettled.extend(capture.frames_of(conn).iter().filter(|id| id.0 < self.next));
        }
        self.late.clear();
        unsettled.retain(|&id| {
            let Some(frame) = capture.frame(id) else { return false };
            if !is_settled(capture, &frame) {
                return true;
            }
            match (self.hits.binary_search(&id), evaluator.matches(&self.query.expr, &frame)) {
                (Err(at), true) => {
                    self.hits.insert(at, id);
                    self.late.push(id);
                }
                (Ok(at), false) => {
                    self.hits.remove(at);
                }
                _ => {}
            }
            false
        });
        self.unsettled = unsettled;
    }
}

/// Whether nothing that comes can change what a query finds in a frame.
fn is_settled(capture: &Capture, frame: &Frame<'_>) -> bool {
    let message = frame.message().and_then(|message| capture.message(message));
    let open = message
        .is_some_and(|message| message.state() == MessageState::Open && is_first(capture, frame));
    !open && (frame.complete() || frame.has_missing())
}
