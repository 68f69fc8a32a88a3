//! Names of things in a [`Capture`](crate::Capture): small numbers, given in order of appearance and never
//! given twice.

use framewright_codec::Role;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
    };
}

id! {
    /// A connection.
    ConnId
}

impl ConnId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

id! {
    /// A frame, counted over all connections in order of arrival.
    FrameId
}
id! {
    /// A data message, counted over all connections in order of its first frame.
    MessageId
}
id! {
    /// A finding, in order of discovery.
    FindingId
}

/// Which way bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

impl Direction {
    /// Both directions.
    pub const BOTH: [Self; 2] = [Self::ToServer, Self::ToClient];

    /// The opposite direction.
    pub const fn reverse(self) -> Self {
        match self {
            Self::ToServer => Self::ToClient,
            Self::ToClient => Self::ToServer,
        }
    }

    /// Who sends in this direction.
    pub const fn sender(self) -> Role {
        match self {
            Self::ToServer => Role::Client,
            Self::ToClient => Role::Server,
        }
    }

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::ToServer => 0,
            Self::ToClient => 1,
        }
    }
}
