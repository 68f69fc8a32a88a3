//! What lint found.

use framewright_capture::{Direction, FindingId, Rule};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::Engine;
use crate::object::{number, object};

#[wasm_bindgen]
impl Engine {
    /// The findings `start` to `start + count`, of one connection unless `conn` is negative, and of one
    /// rule unless `rule` is empty.
    pub fn findings(&self, start: usize, count: usize, conn: f64, rule: &str) -> Array {
        let rule = Rule::from_id(rule);
        let all = self.capture.findings().iter().enumerate();
        all.filter(|(_, finding)| conn < 0.0 || finding.conn.0 == conn as u32)
            .filter(|(_, finding)| rule.is_none_or(|rule| rule == finding.rule))
            .skip(start)
            .take(count)
            .filter_map(|(id, _)| self.finding(FindingId(id as u32), 0))
            .collect()
    }

    /// How often each rule was broken, by connection: objects of `rule`, `title`, `section`, `severity`
    /// and `count`, worst first.
    #[wasm_bindgen(js_name = findingRules)]
    pub fn finding_rules(&self, conn: f64) -> Array {
        let mut counts = std::collections::BTreeMap::new();
        for finding in self.capture.findings() {
            if conn < 0.0 || finding.conn.0 == conn as u32 {
                *counts.entry(finding.rule).or_insert(0_u32) += 1;
            }
        }
        let mut rules: Vec<_> = counts.into_iter().collect();
        rules.sort_unstable_by_key(|&(rule, count)| {
            (std::cmp::Reverse(rule.severity()), std::cmp::Reverse(count), rule)
        });
        let entries = rules.into_iter().map(|(rule, count)| {
            object([
                ("rule", rule.id().into()),
                ("title", rule.title().into()),
                ("section", rule.section().into()),
                ("severity", rule.severity().name().into()),
                ("count", count.into()),
            ])
        });
        entries.collect()
    }
}

impl Engine {
    /// A finding; `start` is counted from `frame_offset`.
    pub(super) fn finding(&self, id: FindingId, frame_offset: u64) -> Option<JsValue> {
        let finding = self.capture.findings().get(id.0 as usize)?;
        Some(object([
            ("id", id.0.into()),
            ("rule", finding.rule.id().into()),
            ("section", finding.rule.section().into()),
            ("severity", finding.rule.severity().name().into()),
            ("message", finding.message().into()),
            ("conn", finding.conn.0.into()),
            (
                "toClient",
                finding.direction.map_or(JsValue::NULL, |way| (way == Direction::ToClient).into()),
            ),
            ("frame", finding.frame.map_or(JsValue::NULL, |frame| frame.0.into())),
            ("start", number(finding.offset.saturating_sub(frame_offset))),
            ("len", number(finding.len)),
            ("time", self.since_base(finding.time_ns).into()),
        ]))
    }
}
