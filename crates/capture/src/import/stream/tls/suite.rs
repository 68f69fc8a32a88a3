//! Cipher suites, as far as they say how records are protected (IANA's registry).

/// How records are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bulk {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
    Aes128Cbc(Mac),
    Aes256Cbc(Mac),
}

/// What authenticates records of CBC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mac {
    Sha1,
    Sha256,
    Sha384,
}

/// The hash that keys are derived with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suite {
    pub(super) bulk: Bulk,
    pub(super) hash: Hash,
}

impl Suite {
    /// The suite with this number, if its records can be read. How keys are exchanged doesn't matter here.
    pub(super) fn of(id: u16) -> Option<Self> {
        let bulk = match id {
            0x1301 => Bulk::Aes128Gcm,
            0x1302 => Bulk::Aes256Gcm,
            0x1303 => Bulk::ChaCha20Poly1305,
            // RFC 5288, RFC 5487, RFC 5289, RFC 8442.
            0x009c..=0x00ad => match id % 2 {
                0 => Bulk::Aes128Gcm,
                _ => Bulk::Aes256Gcm,
            },
            0xc02b | 0xc02d | 0xc02f | 0xc031 | 0xd001 => Bulk::Aes128Gcm,
            0xc02c | 0xc02e | 0xc030 | 0xc032 | 0xd002 => Bulk::Aes256Gcm,
            // RFC 7905.
            0xcca8..=0xccae => Bulk::ChaCha20Poly1305,
            // RFC 5246, RFC 8422, RFC 4279, RFC 5489.
            0x002f..=0x0034 | 0xc004 | 0xc009 | 0xc00e | 0xc013 | 0xc018 => {
                Bulk::Aes128Cbc(Mac::Sha1)
            }
            0x0035..=0x003a | 0xc005 | 0xc00a | 0xc00f | 0xc014 | 0xc019 => {
                Bulk::Aes256Cbc(Mac::Sha1)
            }
            0x008c | 0x0090 | 0x0094 | 0xc035 => Bulk::Aes128Cbc(Mac::Sha1),
            0x008d | 0x0091 | 0x0095 | 0xc036 => Bulk::Aes256Cbc(Mac::Sha1),
            0x003c | 0x003e..=0x0040 | 0x0067 | 0x006c => Bulk::Aes128Cbc(Mac::Sha256),
            0x003d | 0x0068..=0x006b | 0x006d => Bulk::Aes256Cbc(Mac::Sha256),
            0xc023 | 0xc025 | 0xc027 | 0xc029 => Bulk::Aes128Cbc(Mac::Sha256),
            0xc024 | 0xc026 | 0xc028 | 0xc02a => Bulk::Aes256Cbc(Mac::Sha384),
            0x00ae | 0x00b2 | 0x00b6 | 0xc037 => Bulk::Aes128Cbc(Mac::Sha256),
            0x00af | 0x00b3 | 0x00b7 | 0xc038 => Bulk::Aes256Cbc(Mac::Sha384),
            _ => return None,
        };
        let hash = match bulk {
            Bulk::Aes256Gcm | Bulk::Aes256Cbc(Mac::Sha384) => Hash::Sha384,
            _ => Hash::Sha256,
        };
        Some(Self { bulk, hash })
    }
}

impl Bulk {
    pub(super) fn key_len(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Cbc(_) => 16,
            Self::Aes256Gcm | Self::Aes256Cbc(_) | Self::ChaCha20Poly1305 => 32,
        }
    }

    /// How many bytes of the key block TLS 1.2 takes for nonces: CBC's are in each record (RFC 5246
    /// §6.2.3.2).
    pub(super) fn fixed_iv_len(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes256Gcm => 4,
            Self::ChaCha20Poly1305 => 12,
            Self::Aes128Cbc(_) | Self::Aes256Cbc(_) => 0,
        }
    }

    pub(super) fn mac(self) -> Option<Mac> {
        match self {
            Self::Aes128Cbc(mac) | Self::Aes256Cbc(mac) => Some(mac),
            _ => None,
        }
    }
}

impl Mac {
    pub(super) fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}
