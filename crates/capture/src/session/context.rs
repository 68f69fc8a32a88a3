//! What an event on a session may change outside the session, and what it reports there.

use framewright_codec::Role;

use super::resync::HeldChunk;
use crate::store::log::Log;
use crate::store::rows;
use crate::{ConnId, ConnRule, Connection, Direction, Finding, Region, RegionKind, Rule, Source};

/// Everything an event on a session may change, but the session itself.
pub(crate) struct Context<'a> {
    pub(crate) log: &'a mut Log,
    pub(crate) conn: &'a mut Connection,
    pub(crate) id: ConnId,
    pub(crate) direction: Direction,
    pub(crate) time_ns: u64,
}

/// Who sends in `direction`; masking isn't judged where frames were rebuilt.
pub(super) fn sender(conn: &Connection, direction: Direction) -> Option<Role> {
    match (conn.init.source, direction) {
        (Source::Messages | Source::Headers, _) => None,
        (Source::Wire, Direction::ToServer) => Some(Role::Client),
        (Source::Wire, Direction::ToClient) => Some(Role::Server),
    }
}

pub(super) fn conn_fault(
    ctx: &mut Context<'_>,
    rule: ConnRule,
    offset: u64,
    len: u64,
    detail: Option<Box<str>>,
) {
    let finding = Finding {
        rule: Rule::Conn(rule),
        conn: ctx.id,
        direction: Some(ctx.direction),
        frame: None,
        offset,
        len,
        time_ns: ctx.time_ns,
        detail,
    };
    ctx.log.push_finding(ctx.conn, finding);
}

pub(super) fn push_region(ctx: &mut Context<'_>, kind: RegionKind, offset: u64, len: u64) {
    if len == 0 {
        return;
    }
    let regions = &mut ctx.conn.lanes[ctx.direction.index()].regions;
    let is_new = match regions.last_mut() {
        Some(last) if last.kind == kind && last.offset + last.len == offset => {
            last.len += len;
            false
        }
        _ => {
            rows::push(regions, Region { kind, offset, len });
            true
        }
    };
    if is_new
        && kind == RegionKind::Unframed
        && ctx.conn.handshake.as_ref().is_none_or(|h| h.accepted)
    {
        conn_fault(ctx, ConnRule::UnframedBytes, offset, len, None);
    }
}

pub(super) fn push_unframed(ctx: &mut Context<'_>, chunks: Vec<HeldChunk>) {
    for HeldChunk { range, .. } in chunks {
        push_region(ctx, RegionKind::Unframed, range.start, range.end - range.start);
    }
}
