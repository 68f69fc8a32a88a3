//! The index of a capture: frames, messages and findings over all connections.

use std::collections::{BTreeSet, VecDeque};

use crate::frame::FrameRecord;
use crate::inflate::Inflaters;
use crate::message::MessageRecord;
use crate::{Connection, Dropped, Finding, FindingId, FrameId, Limits, MessageId};

#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) limits: Limits,
    pub(crate) dropped: Dropped,
    pub(crate) inflaters: Inflaters,
    frames: VecDeque<FrameRecord>,
    first_frame: u32,
    messages: VecDeque<MessageRecord>,
    first_message: u32,
    findings: Vec<Finding>,
    by_frame: BTreeSet<(FrameId, FindingId)>,
}

impl Log {
    pub(crate) fn frame_ids(&self) -> std::ops::Range<u32> {
        self.first_frame..self.first_frame + self.frames.len() as u32
    }

    pub(crate) fn message_ids(&self) -> std::ops::Range<u32> {
        self.first_message..self.first_message + self.messages.len() as u32
    }

    /// `None` once ids are used up.
    pub(crate) fn push_frame(&mut self, record: FrameRecord) -> Option<FrameId> {
        let id = self.frame_ids().end;
        if id == u32::MAX {
            self.dropped.frames += 1;
            return None;
        }
        self.frames.push_back(record);
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

    pub(crate) fn push_message(&mut self, record: MessageRecord) -> MessageId {
        let id = self.message_ids().end;
        self.messages.push_back(record);
        MessageId(id)
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

    pub(crate) fn push_finding(&mut self, conn: &mut Connection, finding: Finding) {
        let severity = finding.rule.severity();
        conn.findings[severity as usize] += 1;
        if let Some(frame) = finding.frame.and_then(|frame| self.frame_mut(frame)) {
            frame.flags.raise(severity);
        }
        if self.findings.len() >= self.limits.max_findings as usize {
            self.dropped.findings += 1;
            return;
        }
        let id = FindingId(self.findings.len() as u32);
        if let Some(frame) = finding.frame {
            self.by_frame.insert((frame, id));
        }
        self.findings.push(finding);
    }

    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub(crate) fn findings_of(&self, frame: FrameId) -> impl Iterator<Item = FindingId> + '_ {
        let range = (frame, FindingId(0))..=(frame, FindingId(u32::MAX));
        self.by_frame.range(range).map(|&(_, finding)| finding)
    }

    /// The index's length in octets.
    pub(crate) fn kept_len(&self) -> u64 {
        (self.frames.len() * (size_of::<FrameRecord>() + size_of::<FrameId>())
            + self.messages.len() * size_of::<MessageRecord>()) as u64
    }
}
