//! What can be said of a connection as a whole: how long things took, and what seems to be wrong.

pub(crate) mod diagnosis;
pub(crate) mod timing;
