//! Says whether a frame matches a query.

use std::ops::Range;

use super::compare::TextTest;
use super::expr::{Expr, Test};
use crate::regexp::{Haystack, Regex};
use crate::{Capture, Clock, Frame, FrameId, Reader};

/// Evaluates queries on one capture; reuses its buffers from frame to frame.
pub(super) struct Evaluator<'a> {
    pub(super) capture: &'a Capture,
    pub(super) scratch: Scratch,
    pub(super) start_ns: u64,
    regexes: Regexes,
}

/// When a frame's content is tried with a regex.
enum Regexes {
    AtOnce,
    /// Later, in one text with others: contents are gathered in `Scratch::contents`.
    Later {
        /// This frame's, once a test asked for it.
        content: Option<Range<usize>>,
    },
    /// The contents of many frames are in the text; this frame's is that part.
    In(Haystack, Range<usize>),
}

/// Longer contents aren't gathered: that would save nothing, and take memory.
const MAX_GATHERED_LEN: usize = 16 * 1024;

/// Buffers that outlive one evaluation.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) reader: Reader,
    pub(super) wire: Vec<u8>,
    contents: Vec<u8>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(capture: &'a Capture) -> Self {
        Self::with_scratch(capture, Scratch::default())
    }

    pub(super) fn with_scratch(capture: &'a Capture, scratch: Scratch) -> Self {
        let starts = capture.connections().iter().filter(|conn| conn.init.clock != Clock::None);
        let start_ns = starts.filter_map(|conn| conn.first_ns).min().unwrap_or(0);
        Self { capture, scratch, start_ns, regexes: Regexes::AtOnce }
    }

    pub(super) fn into_scratch(self) -> Scratch {
        self.scratch
    }

    /// Whether a frame matches.
    pub(super) fn matches(&mut self, expr: &Expr, frame: &Frame<'_>) -> bool {
        self.regexes = Regexes::AtOnce;
        self.answer(expr, frame).unwrap_or(false)
    }

    /// Whether a frame matches, or where its content was gathered, for [`settle`](Self::settle) to decide
    /// later.
    pub(super) fn matches_or_gathers(
        &mut self,
        expr: &Expr,
        frame: &Frame<'_>,
    ) -> Result<bool, Range<usize>> {
        self.regexes = Regexes::Later { content: None };
        match (self.answer(expr, frame), &self.regexes) {
            (None, Regexes::Later { content: Some(content) }) => Err(content.clone()),
            (answer, _) => Ok(answer.unwrap_or(false)),
        }
    }

    /// How many bytes were gathered.
    pub(super) fn gathered_len(&self) -> usize {
        self.scratch.contents.len()
    }

    /// Says which frames match, of those whose content was gathered and those that match anyway. Then
    /// nothing is gathered any more.
    pub(super) fn settle(
        &mut self,
        expr: &Expr,
        gathered: impl Iterator<Item = (FrameId, Option<Range<usize>>)>,
        mut matches: impl FnMut(FrameId),
    ) {
        self.regexes = Regexes::In(Haystack::new(&self.scratch.contents), 0..0);
        self.scratch.contents.clear();
        for (id, content) in gathered {
            let Some(content) = content else {
                matches(id);
                continue;
            };
            if let Regexes::In(_, part) = &mut self.regexes {
                *part = content;
            }
            let frame = self.capture.frame(id);
            if frame.is_some_and(|frame| self.answer(expr, &frame) == Some(true)) {
                matches(id);
            }
        }
        self.regexes = Regexes::AtOnce;
    }

    /// `None` as long as that depends on a regex which is tried later.
    fn answer(&mut self, expr: &Expr, frame: &Frame<'_>) -> Option<bool> {
        match expr {
            Expr::All => Some(true),
            Expr::Test(Test::Content(TextTest::Regex(regex))) => self.regex(regex, frame),
            Expr::Test(test) => Some(self.test(test, frame)),
            Expr::Not(expr) => self.answer(expr, frame).map(|holds| !holds),
            Expr::And(parts) => self.unless_any(false, parts, frame),
            Expr::Or(parts) => self.unless_any(true, parts, frame),
        }
    }

    /// `decisive` where one part says so, the opposite where all say that.
    fn unless_any(&mut self, decisive: bool, parts: &[Expr], frame: &Frame<'_>) -> Option<bool> {
        let mut answer = Some(!decisive);
        for part in parts {
            match self.answer(part, frame) {
                Some(holds) if holds == decisive => return Some(decisive),
                Some(_) => {}
                None => answer = None,
            }
        }
        answer
    }

    fn regex(&mut self, regex: &Regex, frame: &Frame<'_>) -> Option<bool> {
        match &self.regexes {
            Regexes::In(text, part) => return Some(regex.is_match_in(text, part.clone())),
            Regexes::Later { content: Some(_) } => return None,
            Regexes::Later { content: None } | Regexes::AtOnce => {}
        }
        let Some(content) = content_of(&mut self.scratch.reader, self.capture, frame) else {
            return Some(false);
        };
        if matches!(self.regexes, Regexes::AtOnce) || content.len() > MAX_GATHERED_LEN {
            return Some(regex.is_match(content));
        }
        let contents = &mut self.scratch.contents;
        let start = contents.len();
        contents.extend_from_slice(content);
        self.regexes = Regexes::Later { content: Some(start..contents.len()) };
        None
    }

    /// What a frame stands for in text searches: the whole message for its first frame.
    pub(super) fn content(&mut self, frame: &Frame<'_>) -> Option<&[u8]> {
        content_of(&mut self.scratch.reader, self.capture, frame)
    }
}

fn content_of<'a>(
    reader: &'a mut Reader,
    capture: &'a Capture,
    frame: &Frame<'_>,
) -> Option<&'a [u8]> {
    let content = match frame.message() {
        None => reader.payload(capture, frame.id(), 0..u64::MAX)?,
        Some(message) if is_first(capture, frame) => reader.message(capture, message)?,
        Some(_) if frame.compressed() => return None,
        Some(_) => reader.payload(capture, frame.id(), 0..u64::MAX)?,
    };
    Some(content.bytes)
}

/// Whether a frame stands for its message.
pub(super) fn is_first(capture: &Capture, frame: &Frame<'_>) -> bool {
    let first: Option<FrameId> =
        frame.message().and_then(|message| Some(capture.message(message)?.first().id()));
    first == Some(frame.id())
}
