//! The index of a capture: frames, messages and findings over all connections.

use std::collections::BTreeSet;

use super::frame::FrameRecord;
use super::message::MessageRecord;
use super::rows::{self, Rows};
use crate::content::inflate::Inflaters;
use crate::{Connection, Dropped, Finding, FindingId, FrameId, Limits, MessageId};

/// The longest detail of a finding in bytes; what came may be quoted in it.
const MAX_DETAIL_LEN: usize = 512;
/// About how much memory an entry of the index by frame takes.
const BY_FRAME_LEN: usize = 12;

/// The index is measured once for this many frames.
const FRAMES_A_CHECK: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) limits: Limits,
    pub(crate) dropped: Dropped,
    pub(crate) inflaters: Inflaters,
    frames: Rows<FrameRecord>,
    first_frame: u32,
    messages: Rows<MessageRecord>,
    first_message: u32,
    findings: Vec<Finding>,
    by_frame: BTreeSet<(FrameId, FindingId)>,
    /// The findings' details in bytes.
    details_len: usize,
    /// Whether frames and messages alone take all the memory there may be.
    is_past: bool,
    /// Whether connections, heads and findings take all that they may.
    pub(crate) is_crowded: bool,
}

impl Log {
    #[inline]
    pub(crate) fn frame_ids(&self) -> std::ops::Range<u32> {
        self.first_frame..self.first_frame + self.frames.len() as u32
    }

    #[inline]
    pub(crate) fn message_ids(&self) -> std::ops::Range<u32> {
        self.first_message..self.first_message + self.messages.len() as u32
    }

    /// Whether the index takes no more: ids are used up, or it alone takes all the memory there may be. Within one
    /// piece of a stream nothing is evicted.
    #[inline]
    fn is_full(&mut self) -> bool {
        if self.frames.len().is_multiple_of(FRAMES_A_CHECK) {
            self.is_past = self.index_len() >= self.limits.max_kept_len;
        }
        self.is_past || self.frame_ids().end == u32::MAX
    }

    /// `None` where the index is full.
    pub(crate) fn push_frame(&mut self, record: FrameRecord) -> Option<FrameId> {
        if self.is_full() {
            self.dropped.frames += 1;
            return None;
        }
        let id = self.frame_ids().end;
        self.frames.push(record);
        Some(FrameId(id))
    }

    pub(crate) fn frame(&self, id: FrameId) -> Option<&FrameRecord> {
        self.frames.get(id.0.checked_sub(self.first_frame)? as usize)
    }

    pub(crate) fn frame_mut(&mut self, id: FrameId) -> Option<&mut FrameRecord> {
        self.frames.get_mut(id.0.checked_sub(self.first_frame)? as usize)
    }

    pub(crate) fn pop_frame(&mut self) -> Option<FrameRecord> {
        let record = self.frames.pop_front()?;
        self.first_frame += 1;
        self.dropped.frames += 1;
        Some(record)
    }

    /// `None` where the index is full: each message has a frame of its own.
    pub(crate) fn push_message(&mut self, record: MessageRecord) -> Option<MessageId> {
        if self.is_full() {
            self.dropped.messages += 1;
            return None;
        }
        let id = self.message_ids().end;
        self.messages.push(record);
        Some(MessageId(id))
    }

    pub(crate) fn message(&self, id: MessageId) -> Option<&MessageRecord> {
        self.messages.get(id.0.checked_sub(self.first_message)? as usize)
    }

    pub(crate) fn message_mut(&mut self, id: MessageId) -> Option<&mut MessageRecord> {
        self.messages.get_mut(id.0.checked_sub(self.first_message)? as usize)
    }

    /// Evicts the messages whose first frame is gone.
    pub(crate) fn pop_messages(&mut self) {
        while self.messages.front().is_some_and(|message| message.first.0 < self.first_frame) {
            self.messages.pop_front();
            self.first_message += 1;
            self.dropped.messages += 1;
        }
    }

    pub(crate) fn push_finding(&mut self, conn: &mut Connection, mut finding: Finding) {
        let severity = finding.rule.severity();
        conn.findings[severity as usize] += 1;
        if let Some(frame) = finding.frame.and_then(|frame| self.frame_mut(frame)) {
            frame.flags.raise(severity);
        }
        let is_past = self.findings.len() >= self.limits.max_findings as usize
            || self.findings_len() > self.limits.max_fixed_len();
        if self.is_crowded || is_past {
            self.dropped.findings += 1;
            return;
        }
        if let Some(detail) = &mut finding.detail {
            shorten(detail);
            self.details_len += detail.len();
        }
        let id = FindingId(self.findings.len() as u32);
        if let Some(frame) = finding.frame {
            self.by_frame.insert((frame, id));
        }
        rows::push(&mut self.findings, finding);
    }

    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub(crate) fn findings_of(&self, frame: FrameId) -> impl Iterator<Item = FindingId> + '_ {
        let range = (frame, FindingId(0))..=(frame, FindingId(u32::MAX));
        self.by_frame.range(range).map(|&(_, finding)| finding)
    }

    /// The memory of frames and messages.
    pub(crate) fn index_len(&self) -> u64 {
        self.frames.kept_len() + self.messages.kept_len()
    }

    /// The memory of findings.
    pub(crate) fn findings_len(&self) -> u64 {
        (self.findings.capacity() * size_of::<Finding>()
            + self.by_frame.len() * BY_FRAME_LEN
            + self.details_len) as u64
    }
}

/// Cuts a detail that is too long.
fn shorten(detail: &mut Box<str>) {
    if detail.len() > MAX_DETAIL_LEN {
        let end = (0..=MAX_DETAIL_LEN).rev().find(|&at| detail.is_char_boundary(at));
        *detail = format!("{}…", &detail[..end.unwrap_or(0)]).into();
    }
}
