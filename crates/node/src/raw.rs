//! The calls that run once per socket chunk or per outgoing frame, as plain Node-API callbacks: about 30 ns
//! instead of the 230 ns and more of a generated method. All unsafe code of the addon is here and in the modules within.
//!
//! The callbacks call no JavaScript and make no JavaScript values but numbers; what was decoded is in the
//! event table, whose memory both sides share.

#![allow(unsafe_code)]

mod arguments;
// On Windows the addon asks its process for Node-API, which must be Node's.
#[cfg(all(test, not(windows)))]
mod fake_node;
#[cfg(unix)]
mod socket;
#[cfg(all(test, not(windows)))]
mod tests;

use std::ffi::{CStr, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};
use std::slice;

use framewright_host::layout::TABLE_WORDS;
use framewright_host::{EventTable, Fault, Host, Outcome, TableWords};
use napi::bindgen_prelude::{Env, Error, JsValue, Object, Result};
use napi::{Status, sys};

use self::arguments::{arguments, boolean, overlap, uint32, view};
use crate::shared_host::SharedHost;

/// The state that the callbacks share, at an address that is valid as long as the environment. They never
/// have it to themselves.
struct RawState {
    host: SharedHost,
    table: NonNull<TableWords>,
}

/// Adds the callbacks and the event table to the module's exports.
pub(crate) fn register(env: Env, exports: &Object<'_>) -> Result<()> {
    let host = SharedHost::install(env)?;
    let raw_env = env.raw();
    let (table, buffer) = create_table(raw_env)?;
    let state = Box::into_raw(Box::new(RawState { host, table }));
    // SAFETY: `state` is a live box that nothing else frees; the hook runs once, when no JavaScript of
    // this environment can call the callbacks any more.
    check(unsafe { sys::napi_add_env_cleanup_hook(raw_env, Some(drop_state), state.cast()) })?;
    set(raw_env, exports, c"table", buffer)?;
    set(raw_env, exports, c"decode", create_function(raw_env, c"decode", decode, state)?)?;
    #[cfg(unix)]
    set(raw_env, exports, c"send", create_function(raw_env, c"send", socket::send, state)?)?;
    set(raw_env, exports, c"mask", create_function(raw_env, c"mask", mask, state)?)?;
    set(raw_env, exports, c"compress", create_function(raw_env, c"compress", compress, state)?)?;
    set(raw_env, exports, c"inflate", create_function(raw_env, c"inflate", inflate, state)?)
}

/// `decode(id, chunk, offset = 0, source?)`: decodes `chunk` from `offset` on with the decoder `id`, unmasking
/// in place, and leaves the events in the table. Where `source` is given, the chunk's bytes are copied from
/// its start first, and `offset` is 0. An id that isn't open, a chunk that isn't a view, or a source that is shorter leaves an
/// internal error there.
unsafe extern "C" fn decode(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut args = [ptr::null_mut(); 4];
    // SAFETY: `env` and `info` are those of this call.
    let Some((state, argc)) = (unsafe { arguments(env, info, &mut args) }) else {
        return ptr::null_mut();
    };
    // SAFETY: `args` are values of this call.
    let arguments = unsafe { (uint32(env, args[0]), view(env, args[1])) };
    // SAFETY: as above.
    let offset = if argc == 3 { unsafe { uint32(env, args[2]) }.unwrap_or(0) as usize } else { 0 };
    // SAFETY: the table's memory belongs to an ArrayBuffer that a reference keeps alive and that never
    // leaves this package's own code, so it is not detached; JavaScript doesn't run during the call.
    let table = unsafe { &mut *state.table.as_ptr() };
    let (Some(id), Some(mut chunk)) = arguments else {
        EventTable::write_internal_error(table, 0);
        return ptr::null_mut();
    };
    let chunk_len = chunk.len();
    if overlap(chunk, state.table) {
        EventTable::write_internal_error(table, chunk_len.saturating_sub(offset));
        return ptr::null_mut();
    }
    // SAFETY: the source is as `view` says, and long enough. Both are still pointers, so they may overlap;
    // the chunk's memory isn't the table's.
    let chunk = unsafe {
        if argc > 3 {
            match view(env, args[3]) {
                Some(source) if source.len() >= chunk_len => {
                    source.cast::<u8>().copy_to(chunk.cast(), chunk_len);
                }
                _ => {
                    EventTable::write_internal_error(table, chunk_len);
                    return ptr::null_mut();
                }
            }
        }
        chunk.as_mut()
    };
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        state.host.with(|host| {
            host.decoders.decode(id, chunk.get_mut(offset..)?, table);
            Some(())
        })
    }));
    if !matches!(decoded, Ok(Ok(Some(())))) {
        // State in which a panic happened is not used again.
        let _ = state.host.with(|host| host.decoders.close(id));
        EventTable::write_internal_error(table, chunk_len.saturating_sub(offset));
    }
    ptr::null_mut()
}

/// `mask(source, key, target, offset, length)`: writes `length` bytes of `source`, masked with the four
/// bytes of `key`, to `target` at `offset`. `source` and `target` may share memory. Arguments that
/// don't fit throw a `RangeError`.
unsafe extern "C" fn mask(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut args = [ptr::null_mut(); 5];
    // SAFETY: `env` and `info` are those of this call, and `args` its values.
    let masked = unsafe {
        arguments(env, info, &mut args).and_then(|(state, _)| {
            let key = *view(env, args[1])?.as_ref().first_chunk()?;
            let (offset, len) = (uint32(env, args[3])? as usize, uint32(env, args[4])? as usize);
            // As pointers, not slices: the two may be the same memory.
            let (source, target) = (view(env, args[0])?, view(env, args[2])?);
            if len > source.len() || offset.checked_add(len)? > target.len() {
                return None;
            }
            let target = target.cast::<u8>().add(offset);
            source.cast::<u8>().copy_to(target, len);
            let payload = slice::from_raw_parts_mut(target.as_ptr(), len);
            state.host.with(|host| host.decoders.mask(key, payload)).ok()
        })
    };
    if masked.is_none() {
        // SAFETY: `env` is that of this call; both strings end in NUL.
        unsafe {
            sys::napi_throw_range_error(
                env,
                c"ERR_OUT_OF_RANGE".as_ptr(),
                c"source, key, target, offset and length don't fit together".as_ptr(),
            );
        }
    }
    ptr::null_mut()
}

/// `compress(id, fragment, fin, target?, offset?)`: compresses a fragment, the message's last if `fin`.
/// Returns an [`Outcome`] as a number. The bytes are in `target` from `offset` on if they fit there; else
/// `takeDeflated` gives them. Other arguments throw a `TypeError`.
unsafe extern "C" fn compress(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let work = |host: &mut Host, id, fragment: &[u8], fin| host.deflate.compress(id, fragment, fin);
    // SAFETY: `env` and `info` are those of this call, and `args` are its values.
    unsafe { work_on_message(env, info, |args| boolean(env, args[2]), work) }
}

/// `inflate(id, payload, flags, target?, offset?, decoder?)`: inflates a frame's payload. `flags` are those of the
/// frame's last piece in the event table. Returns as `compress`; or `UNFINISHED`, which means that there
/// are many bytes: `inflateAsync` with the same payload, before any other call for that decompressor, gives
/// them all. What came out is checked as that decoder's message, if one is given.
unsafe extern "C" fn inflate(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let work = |host: &mut Host, id, payload: &[u8], (flags, decoder)| {
        host.inflate(id, payload, flags, decoder)
    };
    // SAFETY: `env` and `info` are those of this call, and `args` are its values.
    unsafe {
        work_on_message(env, info, |args| Some((uint32(env, args[2])?, uint32(env, args[5]))), work)
    }
}

/// The most arguments of `compress` and `inflate`.
type Arguments = [sys::napi_value; 6];

/// What `compress` and `inflate` have in common. `mode` reads the arguments that they don't.
///
/// # Safety
///
/// `env` and `info` are those of a call of a function made by [`create_function`].
unsafe fn work_on_message<M>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    mode: impl FnOnce(&Arguments) -> Option<M>,
    work: impl FnOnce(&mut Host, u32, &[u8], M) -> Outcome,
) -> sys::napi_value {
    let mut args = [ptr::null_mut(); 6];
    // SAFETY: `env` and `info` are those of this call, and `args` its values. The target becomes a slice only
    // when the source, which may be the same memory, is no longer used.
    let outcome = unsafe {
        arguments(env, info, &mut args).and_then(|(state, argc)| {
            let (id, mode) = (uint32(env, args[0])?, mode(&args)?);
            let source = view(env, args[1])?;
            let target = match argc {
                0..=3 => None,
                _ => Some((view(env, args[3])?, uint32(env, args[4])? as usize)),
            };
            if target.is_some_and(|(target, offset)| offset > target.len()) {
                return None;
            }
            let worked = state.host.with(|host| {
                let done = catch_unwind(AssertUnwindSafe(|| work(host, id, source.as_ref(), mode)));
                let outcome = done.unwrap_or(Outcome::Failed(Fault::INTERNAL));
                if let (Some((mut target, offset)), Outcome::Done(1..)) = (target, outcome) {
                    host.deflate.copy_output(&mut target.as_mut()[offset..]);
                }
                outcome
            });
            Some(worked.unwrap_or(Outcome::Failed(Fault::INTERNAL)))
        })
    };
    let mut number = ptr::null_mut();
    // SAFETY: `env` is that of this call; the strings end in NUL.
    unsafe {
        match outcome {
            Some(outcome) => sys::napi_create_int64(env, outcome.to_number(), &mut number),
            None => sys::napi_throw_type_error(
                env,
                c"ERR_INVALID_ARG_TYPE".as_ptr(),
                c"an id, a view of bytes, a boolean or flags, and a view with an offset are needed"
                    .as_ptr(),
            ),
        };
    }
    number
}

/// Makes the table's ArrayBuffer and keeps it alive for the environment's lifetime.
fn create_table(env: sys::napi_env) -> Result<(NonNull<TableWords>, sys::napi_value)> {
    let mut data = ptr::null_mut();
    let mut buffer = ptr::null_mut();
    let mut reference = ptr::null_mut();
    // SAFETY: `env` is live; the out-pointers are valid. ArrayBuffer memory is zeroed and aligned to
    // eight bytes at least. The strong reference is never deleted.
    unsafe {
        check(sys::napi_create_arraybuffer(env, TABLE_WORDS * 4, &mut data, &mut buffer))?;
        check(sys::napi_create_reference(env, buffer, 1, &mut reference))?;
    }
    let table = NonNull::new(data.cast()).ok_or_else(|| not_set_up(Status::GenericFailure))?;
    Ok((table, buffer))
}

fn create_function(
    env: sys::napi_env,
    name: &CStr,
    callback: unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value,
    state: *mut RawState,
) -> Result<sys::napi_value> {
    let mut function = ptr::null_mut();
    // SAFETY: `env` is live, `name` ends in NUL, and `state` lives as long as the environment.
    check(unsafe {
        sys::napi_create_function(
            env,
            name.as_ptr(),
            name.count_bytes() as isize,
            Some(callback),
            state.cast(),
            &mut function,
        )
    })?;
    Ok(function)
}

fn set(
    env: sys::napi_env,
    exports: &Object<'_>,
    name: &CStr,
    value: sys::napi_value,
) -> Result<()> {
    // SAFETY: `exports` and `value` are live values of `env`, and `name` ends in NUL.
    check(unsafe { sys::napi_set_named_property(env, exports.raw(), name.as_ptr(), value) })
}

fn check(status: sys::napi_status) -> Result<()> {
    match status {
        sys::Status::napi_ok => Ok(()),
        status => Err(not_set_up(Status::from(status))),
    }
}

fn not_set_up(status: Status) -> Error {
    Error::new(status, "the addon could not be set up".to_owned())
}

/// Frees the state when its environment ends.
unsafe extern "C" fn drop_state(state: *mut c_void) {
    // SAFETY: `state` came from `Box::into_raw` in `register`, and this hook runs once.
    drop(unsafe { Box::from_raw(state.cast::<RawState>()) });
}
