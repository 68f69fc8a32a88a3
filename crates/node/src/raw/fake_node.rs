//! As much of Node-API as the callbacks call, for tests without Node: Miri can follow every pointer of it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_void};
use std::ptr;

use napi::bindgen_prelude::{Env, Object};
use napi::sys::{self, Status};

/// A JavaScript value.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Undefined,
    Number(f64),
    Boolean(bool),
    /// A view's memory. Several may share it.
    View(*mut u8, usize),
}

type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;
type Finalizer = unsafe extern "C" fn(sys::napi_env, *mut c_void, *mut c_void);

/// An environment. Dropped, it does what Node does at its end, in the same order.
#[derive(Default)]
pub(super) struct FakeNode {
    values: RefCell<Vec<*mut Value>>,
    functions: RefCell<HashMap<String, (Callback, *mut c_void)>>,
    hooks: RefCell<Vec<(unsafe extern "C" fn(*mut c_void), *mut c_void)>>,
    instance_data: Cell<Option<(*mut c_void, Finalizer, *mut c_void)>>,
    table: Cell<Option<*mut [u64]>>,
    thrown: RefCell<Option<String>>,
}

/// What a callback is called with.
struct Call<'a> {
    args: &'a [sys::napi_value],
    data: *mut c_void,
}

impl FakeNode {
    /// An environment with the addon loaded.
    pub(super) fn with_addon() -> Self {
        let node = Self::default();
        node.load();
        node
    }

    pub(super) fn load(&self) {
        let exports = Object::from_raw(self.env().raw(), self.value(Value::Undefined));
        super::register(self.env(), &exports).expect("the addon loads");
    }

    pub(super) fn env(&self) -> Env {
        Env::from_raw(ptr::from_ref(self).cast_mut().cast())
    }

    /// Calls a function of the addon. Gives what it returned, or the message of what it threw.
    pub(super) fn call(&self, name: &str, args: &[Value]) -> Result<f64, String> {
        let args: Vec<_> = args.iter().map(|&value| self.value(value)).collect();
        let (callback, data) = self.functions.borrow()[name];
        let mut call = Call { args: &args, data };
        // SAFETY: the callback came with the data, and both are used as Node uses them.
        let returned = unsafe { callback(self.env().raw(), (&raw mut call).cast()) };
        match self.thrown.take() {
            Some(message) => Err(message),
            None => Ok(number(returned).unwrap_or(f64::NAN)),
        }
    }

    /// A word of the event table, read as JavaScript does.
    pub(super) fn word(&self, at: usize) -> u32 {
        // SAFETY: the table is this long, and nobody else uses it now.
        unsafe { self.table_memory().cast::<u32>().add(at).read() }
    }

    /// A view of the event table.
    pub(super) fn table(&self) -> Value {
        Value::View(self.table_memory().cast(), self.table_memory().len() * 8)
    }

    fn table_memory(&self) -> *mut [u64] {
        self.table.get().expect("the addon was loaded")
    }

    fn value(&self, value: Value) -> sys::napi_value {
        let value = Box::into_raw(Box::new(value));
        self.values.borrow_mut().push(value);
        value.cast()
    }
}

impl Drop for FakeNode {
    fn drop(&mut self) {
        // SAFETY: all of this was registered to be called once, or made by `into_raw`.
        unsafe {
            for (hook, data) in self.hooks.take().into_iter().rev() {
                hook(data);
            }
            if let Some((data, finalizer, hint)) = self.instance_data.take() {
                finalizer(self.env().raw(), data, hint);
            }
            if let Some(table) = self.table.get() {
                drop(Box::from_raw(table));
            }
            for value in self.values.take() {
                drop(Box::from_raw(value));
            }
        }
    }
}

fn node<'a>(env: sys::napi_env) -> &'a FakeNode {
    // SAFETY: `FakeNode::env` made it, and outlives every call.
    unsafe { &*env.cast() }
}

fn read(value: sys::napi_value) -> Value {
    // SAFETY: `FakeNode::value` made it, unless it is missing.
    if value.is_null() { Value::Undefined } else { unsafe { value.cast::<Value>().read() } }
}

fn number(value: sys::napi_value) -> Option<f64> {
    if let Value::Number(number) = read(value) { Some(number) } else { None }
}

/// Writes a value where the callee wants it.
fn give<T>(place: *mut T, value: Option<T>) -> sys::napi_status {
    let Some(value) = value else { return Status::napi_invalid_arg };
    // SAFETY: Node-API's callers give a place to write to.
    unsafe { place.write(value) };
    Status::napi_ok
}

fn throw(env: sys::napi_env, message: *const c_char) -> sys::napi_status {
    // SAFETY: messages end in NUL.
    let message = unsafe { CStr::from_ptr(message) };
    node(env).thrown.replace(Some(message.to_string_lossy().into_owned()));
    Status::napi_ok
}

/// Defines functions of Node-API.
macro_rules! node_api {
    ($(fn $name:ident($($arg:ident: $type:ty),* $(,)?) $body:block)*) => {$(
        // SAFETY: in a test there is no other Node-API.
        #[unsafe(no_mangle)]
        extern "C" fn $name($($arg: $type),*) -> sys::napi_status $body
    )*};
}

node_api! {
    fn napi_get_cb_info(
        _env: sys::napi_env,
        info: sys::napi_callback_info,
        argc: *mut usize,
        argv: *mut sys::napi_value,
        _this: *mut sys::napi_value,
        data: *mut *mut c_void,
    ) {
        // SAFETY: `info` is that of `FakeNode::call`; `argv` has room for `argc` values.
        unsafe {
            let call = &*info.cast::<Call<'_>>();
            for i in 0..*argc {
                *argv.add(i) = call.args.get(i).copied().unwrap_or(ptr::null_mut());
            }
            *argc = call.args.len();
            *data = call.data;
        }
        Status::napi_ok
    }

    fn napi_get_value_uint32(_env: sys::napi_env, value: sys::napi_value, result: *mut u32) {
        give(result, number(value).map(|number| number as u32))
    }

    fn napi_get_value_bool(_env: sys::napi_env, value: sys::napi_value, result: *mut bool) {
        give(result, if let Value::Boolean(value) = read(value) { Some(value) } else { None })
    }

    fn napi_get_buffer_info(
        _env: sys::napi_env,
        value: sys::napi_value,
        data: *mut *mut c_void,
        len: *mut usize,
    ) {
        let Value::View(at, view_len) = read(value) else { return Status::napi_invalid_arg };
        give(data, Some(at.cast()));
        give(len, Some(view_len))
    }

    fn napi_create_int64(env: sys::napi_env, value: i64, result: *mut sys::napi_value) {
        give(result, Some(node(env).value(Value::Number(value as f64))))
    }

    fn napi_throw_type_error(env: sys::napi_env, _code: *const c_char, message: *const c_char) {
        throw(env, message)
    }

    fn napi_throw_range_error(env: sys::napi_env, _code: *const c_char, message: *const c_char) {
        throw(env, message)
    }

    fn napi_create_arraybuffer(
        env: sys::napi_env,
        len: usize,
        data: *mut *mut c_void,
        result: *mut sys::napi_value,
    ) {
        let memory = Box::into_raw(vec![0; len.div_ceil(8)].into_boxed_slice());
        if let Some(old) = node(env).table.replace(Some(memory)) {
            // SAFETY: whoever loads the addon again doesn't use the old table.
            drop(unsafe { Box::from_raw(old) });
        }
        give(data, Some(memory.cast()));
        give(result, Some(node(env).value(Value::Undefined)))
    }

    fn napi_create_reference(
        _env: sys::napi_env,
        _value: sys::napi_value,
        _count: u32,
        result: *mut sys::napi_ref,
    ) {
        give(result, Some(ptr::null_mut()))
    }

    fn napi_create_function(
        env: sys::napi_env,
        name: *const c_char,
        _len: isize,
        callback: sys::napi_callback,
        data: *mut c_void,
        result: *mut sys::napi_value,
    ) {
        // SAFETY: the addon's names end in NUL.
        let name = unsafe { CStr::from_ptr(name) }.to_string_lossy().into_owned();
        let callback = callback.expect("a function does something");
        node(env).functions.borrow_mut().insert(name, (callback, data));
        give(result, Some(node(env).value(Value::Undefined)))
    }

    fn napi_set_named_property(
        _env: sys::napi_env,
        _object: sys::napi_value,
        _name: *const c_char,
        _value: sys::napi_value,
    ) {
        Status::napi_ok
    }

    fn napi_add_env_cleanup_hook(
        env: sys::napi_env,
        hook: Option<unsafe extern "C" fn(*mut c_void)>,
        data: *mut c_void,
    ) {
        node(env).hooks.borrow_mut().extend(hook.map(|hook| (hook, data)));
        Status::napi_ok
    }

    fn napi_set_instance_data(
        env: sys::napi_env,
        data: *mut c_void,
        finalizer: sys::napi_finalize,
        hint: *mut c_void,
    ) {
        node(env).instance_data.set(finalizer.map(|finalizer| (data, finalizer, hint)));
        Status::napi_ok
    }

    fn napi_get_instance_data(env: sys::napi_env, data: *mut *mut c_void) {
        let kept = node(env).instance_data.get();
        give(data, Some(kept.map_or(ptr::null_mut(), |(data, ..)| data)))
    }

    // The linker wants these for errors that hold a JavaScript value. None does here.
    fn napi_reference_unref(_env: sys::napi_env, _reference: sys::napi_ref, _count: *mut u32) {
        Status::napi_generic_failure
    }

    fn napi_delete_reference(_env: sys::napi_env, _reference: sys::napi_ref) {
        Status::napi_generic_failure
    }

    fn napi_call_threadsafe_function(
        _function: sys::napi_threadsafe_function,
        _data: *mut c_void,
        _mode: sys::napi_threadsafe_function_call_mode,
    ) {
        Status::napi_generic_failure
    }
}
