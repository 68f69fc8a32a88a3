//! What work on a message gives, as the one number that crosses the border.

use crate::Fault;
use crate::layout::{LEFT_OUT, UNFINISHED};

/// What became of a message's payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// So many bytes came out.
    Done(usize),
    /// Many bytes will come out: the thread pool is to go on.
    Unfinished,
    /// The message is too big and is skipped, whatever came out of it.
    LeftOut,
    /// The connection failed.
    Failed(Fault),
}

impl Outcome {
    /// The length; or [`UNFINISHED`] or [`LEFT_OUT`]; or an error's number with all its bits inverted, which is negative.
    pub const fn to_number(self) -> i64 {
        match self {
            Self::Done(len) => len as i64,
            Self::Unfinished => UNFINISHED as i64,
            Self::LeftOut => LEFT_OUT as i64,
            Self::Failed(fault) => !(fault.number as i64),
        }
    }
}

impl<E: Into<Fault>> From<Result<usize, E>> for Outcome {
    fn from(done: Result<usize, E>) -> Self {
        match done {
            Ok(len) => Self::Done(len),
            Err(error) => Self::Failed(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorNumber;

    #[test]
    fn no_number_means_two_things() {
        let failed = |&number| Outcome::Failed(Fault { number, detail: 0 }).to_number();
        for number in ErrorNumber::ALL.iter().map(failed) {
            assert!(number < 0);
            assert!(number != Outcome::Unfinished.to_number());
            assert!(number != Outcome::LeftOut.to_number());
        }
        assert_eq!(failed(&ErrorNumber::Internal), -1);
        assert_eq!(Outcome::Done(0).to_number(), 0);
    }
}
