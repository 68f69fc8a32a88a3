//! Sending on a socket that Node owns.

use std::io::Write;
use std::mem::ManuallyDrop;
use std::net::TcpStream;
use std::os::fd::FromRawFd;

use napi::sys;

use super::arguments::{arguments, uint32, view};

/// `send(fd, source, offset, length)`: gives the kernel `length` bytes of `source` from `offset` on, for
/// the socket `fd`. Returns how many it took, and 0 after any failure: the caller then writes through Node,
/// which reports the reason. `fd` was read from the socket's handle just before.
pub(super) unsafe extern "C" fn send(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut args = [std::ptr::null_mut(); 4];
    // SAFETY: `env` and `info` are those of this call, and `args` its values; the bytes are as `view` says.
    let sent = unsafe {
        arguments(env, info, &mut args).and_then(|_| {
            let fd = i32::try_from(uint32(env, args[0])?).ok()?;
            let (offset, len) = (uint32(env, args[2])? as usize, uint32(env, args[3])? as usize);
            let source = view(env, args[1])?;
            let bytes = source.as_ref().get(offset..offset.checked_add(len)?)?;
            // Node's handle owns the descriptor and has not closed it, as nothing ran since it told the number.
            // Nothing is closed here. `send(2)` of one that is no socket fails.
            let socket = ManuallyDrop::new(TcpStream::from_raw_fd(fd));
            // It doesn't block, since libuv made it so; and no signal is raised.
            (&*socket).write(bytes).ok()
        })
    };
    let mut number = std::ptr::null_mut();
    // SAFETY: `env` is that of this call.
    unsafe { sys::napi_create_int64(env, sent.unwrap_or(0) as i64, &mut number) };
    number
}
