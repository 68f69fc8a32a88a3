//! What a run can do, one way a file.

pub(crate) mod broadcast;
pub(crate) mod churn;
pub(crate) mod echo;
pub(crate) mod handshakes;
pub(crate) mod idle;
pub(crate) mod rate;
