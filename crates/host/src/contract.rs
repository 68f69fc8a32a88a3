//! What JavaScript is told about the border when it loads a host.

use std::fmt::Write;

use crate::ErrorNumber;
use crate::layout::LAYOUT;

/// The contract as JSON: `layout`, the constants of [`layout`](crate::layout) by name, and `errors`, each with
/// its `name` and `closeCode`, by number.
pub fn contract() -> String {
    let mut json = String::from("{\"layout\":{");
    // Names are identifiers, so nothing needs escaping.
    for (index, (name, value)) in LAYOUT.iter().enumerate() {
        let _ = write!(json, "{}\"{name}\":{value}", comma(index));
    }
    json.push_str("},\"errors\":[");
    for (index, number) in ErrorNumber::ALL.iter().enumerate() {
        let (name, code) = (number.name(), number.close_code().0);
        let _ = write!(json, "{}{{\"name\":\"{name}\",\"closeCode\":{code}}}", comma(index));
    }
    json.push_str("]}");
    json
}

fn comma(index: usize) -> &'static str {
    if index == 0 { "" } else { "," }
}

#[cfg(test)]
mod tests {
    #[test]
    fn says_all() {
        let contract = super::contract();
        assert!(contract.starts_with("{\"layout\":{\"COUNT\":0,\"TAKEN\":1,"), "{contract}");
        assert!(contract.contains(",\"LEFT_OUT\":-2147483647},\"errors\":["), "{contract}");
        assert!(contract.contains("{\"name\":\"Internal\",\"closeCode\":1011},"), "{contract}");
        assert!(contract.ends_with("\"closeCode\":1008}]}"), "{contract}");
    }
}
