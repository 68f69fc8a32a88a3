//! The objects of an HTTP archive, with the names of its members.

use std::borrow::Cow;

use serde::Serialize;

use crate::Head;

/// A connection. Its messages follow as one member more.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    #[serde(rename = "_resourceType")]
    pub(super) resource_type: &'a str,
    pub(super) started_date_time: String,
    /// In ms.
    pub(super) time: f64,
    pub(super) request: Request<'a>,
    pub(super) response: Response<'a>,
    pub(super) cache: Nothing,
    pub(super) timings: Timings,
    #[serde(rename = "serverIPAddress", skip_serializing_if = "Option::is_none")]
    pub(super) server_ip_address: Option<String>,
    /// The server's port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) connection: Option<String>,
    #[serde(rename = "_clock", skip_serializing_if = "Option::is_none")]
    pub(super) clock: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request<'a> {
    method: &'a str,
    url: String,
    http_version: &'a str,
    headers: Vec<Field<'a>>,
    query_string: [(); 0],
    cookies: [(); 0],
    headers_size: i64,
    body_size: i64,
}

impl<'a> Request<'a> {
    pub(super) fn new(url: String, head: Option<&'a Head>) -> Self {
        Self {
            method: "GET",
            url,
            http_version: "HTTP/1.1",
            headers: fields(head),
            query_string: [],
            cookies: [],
            headers_size: len(head),
            body_size: 0,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response<'a> {
    status: u16,
    status_text: &'a str,
    http_version: &'a str,
    headers: Vec<Field<'a>>,
    cookies: [(); 0],
    content: Content<'a>,
    #[serde(rename = "redirectURL")]
    redirect_url: &'a str,
    headers_size: i64,
    body_size: i64,
}

impl<'a> Response<'a> {
    pub(super) fn new(status: u16, head: Option<&'a Head>) -> Self {
        Self {
            status,
            status_text: head.and_then(|head| head.start_line.splitn(3, ' ').nth(2)).unwrap_or(""),
            http_version: "HTTP/1.1",
            headers: fields(head),
            cookies: [],
            content: Content { size: 0, mime_type: "x-unknown" },
            redirect_url: "",
            headers_size: len(head),
            body_size: -1,
        }
    }
}

#[derive(Serialize)]
struct Field<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    size: i64,
    mime_type: &'a str,
}

/// All in ms.
#[derive(Serialize)]
pub(super) struct Timings {
    pub(super) send: f64,
    pub(super) wait: f64,
    pub(super) receive: f64,
}

/// An object without members.
#[derive(Serialize)]
pub(super) struct Nothing {}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    /// In seconds since 1970.
    pub(super) time: f64,
    pub(super) opcode: u8,
    pub(super) data: Cow<'a, str>,
    #[serde(rename = "_unavailable", skip_serializing_if = "Option::is_none")]
    pub(super) unavailable: Option<&'a str>,
    #[serde(rename = "_missingLength", skip_serializing_if = "Option::is_none")]
    pub(super) missing_len: Option<u64>,
    #[serde(rename = "_compressedLength", skip_serializing_if = "Option::is_none")]
    pub(super) compressed_len: Option<u64>,
    #[serde(rename = "_mark", skip_serializing_if = "Option::is_none")]
    pub(super) mark: Option<&'a str>,
}

fn fields(head: Option<&Head>) -> Vec<Field<'_>> {
    let fields = head.map(|head| head.fields.as_slice()).unwrap_or_default();
    fields.iter().map(|field| Field { name: &field.name, value: &field.value }).collect()
}

/// A head's length in bytes; -1 where it isn't known.
fn len(head: Option<&Head>) -> i64 {
    head.map_or(-1, |head| head.len as i64)
}
