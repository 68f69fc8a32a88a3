//! Packet captures: the files, the packets in them, and TCP's streams.

mod packet;
pub(super) mod pcap;
pub(super) mod pcapng;
mod tcp;
