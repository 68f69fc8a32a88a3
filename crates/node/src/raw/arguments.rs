//! What the callbacks are called with.

use std::ptr::{self, NonNull};

use framewright_host::TableWords;
use napi::sys;

use super::RawState;

/// The arguments of a call, how many there are, and the state the callback was created with.
///
/// # Safety
///
/// `env` and `info` are those of a call of a function made by [`create_function`].
#[inline]
pub(super) unsafe fn arguments<'a, const N: usize>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    args: &mut [sys::napi_value; N],
) -> Option<(&'a RawState, usize)> {
    let mut argc = N;
    let mut data = ptr::null_mut();
    // SAFETY: as the caller promises; `args` has room for the `argc` values asked for.
    let status = unsafe {
        sys::napi_get_cb_info(env, info, &mut argc, args.as_mut_ptr(), ptr::null_mut(), &mut data)
    };
    // SAFETY: `data` is the state given to `create_function`, freed only with the environment.
    (status == sys::Status::napi_ok).then(|| (unsafe { &*data.cast::<RawState>() }, argc))
}

/// A number's value, if it is one.
///
/// # Safety
///
/// `value` is a value of this call in `env`.
#[inline]
pub(super) unsafe fn uint32(env: sys::napi_env, value: sys::napi_value) -> Option<u32> {
    let mut number = 0;
    // SAFETY: as the caller promises.
    let status = unsafe { sys::napi_get_value_uint32(env, value, &mut number) };
    (status == sys::Status::napi_ok).then_some(number)
}

/// A boolean's value, if it is one.
///
/// # Safety
///
/// `value` is a value of this call in `env`.
#[inline]
pub(super) unsafe fn boolean(env: sys::napi_env, value: sys::napi_value) -> Option<bool> {
    let mut boolean = false;
    // SAFETY: as the caller promises.
    let status = unsafe { sys::napi_get_value_bool(env, value, &mut boolean) };
    (status == sys::Status::napi_ok).then_some(boolean)
}

/// Where the bytes of a Buffer or any other view are, if it is one. A detached one has none.
///
/// What this gives may be made a reference, during the call, while no JavaScript runs on this thread: the
/// memory then is neither detached nor resized nor freed. A `&mut` needs more: that no other reference to the
/// same bytes is used meanwhile, as two views may share their memory.
///
/// Another thread may write to the bytes of a SharedArrayBuffer at any time. Strictly speaking, no
/// reference may exist to such bytes, but Node-API has no cheap way to recognise them. The codec's results
/// may then belong neither to the old bytes nor to the new ones. But it uses no length from them without
/// checking it against the slice's.
///
/// # Safety
///
/// `value` is a value of this call in `env`.
#[inline]
pub(super) unsafe fn view(env: sys::napi_env, value: sys::napi_value) -> Option<NonNull<[u8]>> {
    let mut data = ptr::null_mut();
    let mut len = 0;
    // SAFETY: as the caller promises.
    let status = unsafe { sys::napi_get_buffer_info(env, value, &mut data, &mut len) };
    if status != sys::Status::napi_ok {
        return None;
    }
    // An empty view may have no address.
    let (data, len) = NonNull::new(data.cast()).map_or((NonNull::dangling(), 0), |at| (at, len));
    Some(NonNull::slice_from_raw_parts(data, len))
}

/// Whether a view shows any of the table's memory.
#[inline]
pub(super) fn overlap(view: NonNull<[u8]>, table: NonNull<TableWords>) -> bool {
    let (view_at, table_at) = (view.cast::<u8>().addr().get(), table.addr().get());
    view_at < table_at + size_of::<TableWords>() && table_at < view_at + view.len()
}
