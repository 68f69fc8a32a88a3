//! The calls that run once per socket chunk or per outgoing frame, as plain Node-API callbacks: about 30 ns
//! instead of the 230 ns and more of a generated method. All unsafe code of the addon is here.
//!
//! The callbacks call no JavaScript and make no JavaScript values but numbers; what was decoded is in the
//! event table, whose memory both sides share.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use framewright_codec::event_table::{EventTable, TABLE_WORDS, TableWords};
use framewright_codec::{CloseCode, Mask};
use napi::bindgen_prelude::{Env, Error, JsValue, Object, Result};
use napi::{Status, sys};

use crate::deflate::Contexts;
use crate::instance::Instance;

/// What the callbacks need to find again, at an address that holds as long as the environment does.
struct RawState {
    instance: *mut Instance,
    table: *mut TableWords,
}

/// Adds the callbacks and the event table to the module's exports.
pub(crate) fn register(env: Env, exports: &Object<'_>) -> Result<()> {
    let instance: *mut Instance = Instance::install(env)?;
    let raw_env = env.raw();
    let (table, buffer) = create_table(raw_env)?;
    let state = Box::into_raw(Box::new(RawState { instance, table }));
    // SAFETY: `state` is a live box that nothing else frees; the hook runs once, when no JavaScript of
    // this environment can call the callbacks any more.
    check(unsafe { sys::napi_add_env_cleanup_hook(raw_env, Some(drop_state), state.cast()) })?;
    set(raw_env, exports, c"table", buffer)?;
    set(raw_env, exports, c"decode", create_function(raw_env, c"decode", decode, state)?)?;
    set(raw_env, exports, c"mask", create_function(raw_env, c"mask", mask, state)?)?;
    set(raw_env, exports, c"compress", create_function(raw_env, c"compress", compress, state)?)?;
    set(raw_env, exports, c"inflate", create_function(raw_env, c"inflate", inflate, state)?)
}

/// `decode(id, chunk, offset = 0)`: decodes `chunk` from `offset` on with the decoder `id`, unmasking in
/// place, and leaves the events in the table. An id that isn't open or a chunk that isn't a view leaves
/// an internal error there.
unsafe extern "C" fn decode(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut args = [ptr::null_mut(); 3];
    // SAFETY: `env` and `info` are those of this call.
    let Some((state, argc)) = (unsafe { arguments(env, info, &mut args) }) else {
        return ptr::null_mut();
    };
    // SAFETY: the table's memory belongs to an ArrayBuffer that a reference keeps alive and that never
    // leaves this package's own code, so it is not detached; JavaScript doesn't run during the call.
    let table = unsafe { &mut *state.table };
    // SAFETY: the instance outlives the environment's callbacks, and no other reference to it is alive:
    // callbacks run one at a time on the environment's thread and don't nest.
    let instance = unsafe { &mut *state.instance };
    // SAFETY: `args` are values of this call.
    let arguments = unsafe { (uint32(env, args[0]), view(env, args[1])) };
    let (Some(id), Some(chunk)) = arguments else {
        EventTable::write_internal_error(table, 0);
        return ptr::null_mut();
    };
    // SAFETY: as above.
    let offset = if argc > 2 { unsafe { uint32(env, args[2]) }.unwrap_or(0) as usize } else { 0 };
    let chunk_len = chunk.len();
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let chunk = chunk.get_mut(offset..)?;
        let decoder = instance.decoder(id)?;
        let mut events = EventTable::new(table);
        let taken_len = decoder.decode(chunk, &mut events);
        events.finish(taken_len, decoder.carried_control());
        let counted = decoder.take_counters();
        instance.count(counted);
        Some(())
    }));
    if !matches!(decoded, Ok(Some(()))) {
        // Whatever state a panic left behind is not used again.
        instance.close_decoder(id);
        EventTable::write_internal_error(table, chunk_len.saturating_sub(offset));
    }
    ptr::null_mut()
}

/// `mask(source, key, target, offset, length)`: writes `length` octets of `source`, masked with the four
/// octets of `key`, to `target` at `offset`. `source` and `target` may share memory. Arguments that
/// don't fit throw a `RangeError`.
unsafe extern "C" fn mask(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut args = [ptr::null_mut(); 5];
    // SAFETY: `env` and `info` are those of this call, and `args` its values.
    let masked = unsafe {
        arguments(env, info, &mut args).and_then(|(state, _)| {
            let key = *view(env, args[1])?.first_chunk()?;
            let (offset, len) = (uint32(env, args[3])? as usize, uint32(env, args[4])? as usize);
            // As pointers, not slices: the two may be the same memory.
            let source = view(env, args[0])?.get(..len)?.as_ptr();
            let target =
                view(env, args[2])?.get_mut(offset..offset.checked_add(len)?)?.as_mut_ptr();
            (*state.instance).count_masked();
            ptr::copy(source, target, len);
            Mask::new(key).apply(std::slice::from_raw_parts_mut(target, len));
            Some(())
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
/// Returns how many octets came out, or a close code, negated. The octets are in `target` from `offset` on
/// if they fit there; else `takeDeflated` gives them. Other arguments throw a `TypeError`.
unsafe extern "C" fn compress(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    // SAFETY: `env` and `info` are those of this call.
    unsafe { work_on_message(env, info, Contexts::compress) }
}

/// `inflate(id, payload, fin, target?, offset?)`: inflates a frame's payload, the message's last if `fin`.
/// Returns as `compress`; or −1, which means that there are many octets: `inflateAsync` with the same
/// payload, before any other call for that decompressor, gives them all.
unsafe extern "C" fn inflate(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: `env` and `info` are those of this call.
    unsafe { work_on_message(env, info, Contexts::inflate) }
}

/// What `compress` and `inflate` have in common.
///
/// # Safety
///
/// `env` and `info` are those of a call of a function made by [`create_function`].
unsafe fn work_on_message(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    work: fn(&mut Contexts, u32, &[u8], bool) -> i64,
) -> sys::napi_value {
    let mut args = [ptr::null_mut(); 5];
    // SAFETY: `env` and `info` are those of this call, and `args` its values. The target becomes a slice only
    // when the source, which may be the same memory, is no longer used.
    let outcome = unsafe {
        arguments(env, info, &mut args).and_then(|(state, argc)| {
            let (id, fin) = (uint32(env, args[0])?, boolean(env, args[2])?);
            let source = view(env, args[1])?;
            let contexts = &mut (*state.instance).deflate;
            let done = catch_unwind(AssertUnwindSafe(|| work(contexts, id, source, fin)));
            let outcome = done.unwrap_or_else(|_| -i64::from(CloseCode::INTERNAL_ERROR.0));
            if argc > 3 && outcome > 0 {
                let target = view(env, args[3])?.get_mut(uint32(env, args[4])? as usize..)?;
                contexts.copy_output(target);
            }
            Some(outcome)
        })
    };
    let mut number = ptr::null_mut();
    // SAFETY: `env` is that of this call; the strings end in NUL.
    unsafe {
        match outcome {
            Some(outcome) => sys::napi_create_int64(env, outcome, &mut number),
            None => sys::napi_throw_type_error(
                env,
                c"ERR_INVALID_ARG_TYPE".as_ptr(),
                c"an id, a view of octets, a boolean, and a view with an offset are needed"
                    .as_ptr(),
            ),
        };
    }
    number
}

/// The arguments of a call, how many there are, and the state the callback was created with.
///
/// # Safety
///
/// `env` and `info` are those of a call of a function made by [`create_function`].
#[inline]
unsafe fn arguments<'a, const N: usize>(
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
unsafe fn uint32(env: sys::napi_env, value: sys::napi_value) -> Option<u32> {
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
unsafe fn boolean(env: sys::napi_env, value: sys::napi_value) -> Option<bool> {
    let mut boolean = false;
    // SAFETY: as the caller promises.
    let status = unsafe { sys::napi_get_value_bool(env, value, &mut boolean) };
    (status == sys::Status::napi_ok).then_some(boolean)
}

/// The octets of a Buffer or any other view, if it is one.
///
/// # Safety
///
/// `value` is a value of this call in `env`; the octets are used only during the call, while no
/// JavaScript runs on this thread. No other reference to the same octets is used meanwhile. (Octets of a
/// SharedArrayBuffer may change under the codec: it then decodes one or the other, and since lengths are
/// checked on copies, it stays in bounds.)
#[inline]
unsafe fn view<'a>(env: sys::napi_env, value: sys::napi_value) -> Option<&'a mut [u8]> {
    let mut data = ptr::null_mut();
    let mut len = 0;
    // SAFETY: as the caller promises.
    let status = unsafe { sys::napi_get_buffer_info(env, value, &mut data, &mut len) };
    if status != sys::Status::napi_ok {
        return None;
    }
    if len == 0 || data.is_null() {
        return Some(&mut []);
    }
    // SAFETY: Node says that `len` octets stand at `data`; they live as long as the argument does.
    Some(unsafe { std::slice::from_raw_parts_mut(data.cast(), len) })
}

/// Makes the table's ArrayBuffer and keeps it alive for the environment's lifetime.
fn create_table(env: sys::napi_env) -> Result<(*mut TableWords, sys::napi_value)> {
    let mut data = ptr::null_mut();
    let mut buffer = ptr::null_mut();
    let mut reference = ptr::null_mut();
    // SAFETY: `env` is live; the out-pointers are valid. ArrayBuffer memory is zeroed and aligned to
    // eight octets at least. The strong reference is never deleted.
    unsafe {
        check(sys::napi_create_arraybuffer(env, TABLE_WORDS * 4, &mut data, &mut buffer))?;
        check(sys::napi_create_reference(env, buffer, 1, &mut reference))?;
    }
    Ok((data.cast(), buffer))
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
        status => Err(Error::new(Status::from(status), "the addon could not be set up".to_owned())),
    }
}

/// Frees the state when its environment ends.
unsafe extern "C" fn drop_state(state: *mut c_void) {
    // SAFETY: `state` came from `Box::into_raw` in `register`, and this hook runs once.
    drop(unsafe { Box::from_raw(state.cast::<RawState>()) });
}
