//! Logs as the common tools write them, and the lines that a person would point at.

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;
use skydeck_domain::{Timestamp, log::LogLine};

use super::*;

fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

/// One line a second.
fn log(text: &str) -> Vec<LogLine> {
    text.lines().enumerate().map(|(i, l)| LogLine { at: at(i as i64), text: l.to_owned() }).collect()
}

fn hits(text: &str) -> Vec<String> {
    let lines = log(text);
    explain(&lines, None, None)
        .map(|e| lines[e.range].iter().map(|l| l.text.trim().to_owned()).collect())
        .unwrap_or_default()
}

#[test]
fn a_smoke_test_points_at_the_request() {
    let text = "\
PASS  GET  /healthz 200 · 12 ms
PASS  POST /v1/carts 201 · 48 ms
\u{1b}[31mFAIL\u{1b}[0m  POST /v1/carts/{id}/coupon
      expected 200, received 500
      column \"coupon_id\" does not exist
      at checkout.smoke.ts:88:14
Tests: 1 failed, 11 passed, 12 total
[Container] 2026/11/22 14:11:23.000001 Command did not exit successfully npm run smoke exit status 1
[Container] 2026/11/22 14:11:23.000002 Phase complete: BUILD State: FAILED";
    assert_eq!(
        hits(text),
        [
            "\u{1b}[31mFAIL\u{1b}[0m  POST /v1/carts/{id}/coupon",
            "expected 200, received 500",
            "column \"coupon_id\" does not exist"
        ]
    );
}

#[test]
fn tools_of_all_kinds() {
    for (text, want) in [
        (
            "running 2 tests\ntest cart ... ok\nthread 'coupon' panicked at src/cart.rs:8:5:\nassertion `left == right` failed\n  left: 500\n right: 200\nnote: run with `RUST_BACKTRACE=1`\ntest result: FAILED. 1 passed; 1 failed",
            &[
                "thread 'coupon' panicked at src/cart.rs:8:5:",
                "assertion `left == right` failed",
                "left: 500",
                "right: 200",
            ][..],
        ),
        (
            "   Compiling shop v0.1.0\nerror[E0308]: mismatched types\n --> src/main.rs:3:5\n  |\nerror: could not compile `shop`",
            &["error[E0308]: mismatched types"],
        ),
        (
            "Traceback (most recent call last):\n  File \"app.py\", line 3, in <module>\n    total = cart['coupon']\nKeyError: 'coupon'\nmake: *** [test] Error 1",
            &["KeyError: 'coupon'"],
        ),
        (
            "  ● Cart › applies the coupon\n\n    expect(received).toBe(expected)\n\n    Expected: 200\n    Received: 500\n\n      at Object.<anonymous> (cart.test.js:8:3)\nTests:       1 failed, 4 passed, 5 total",
            &["expect(received).toBe(expected)", "", "Expected: 200", "Received: 500"],
        ),
        (
            "> jest\nsh: 1: jest: not found\nnpm error Lifecycle script `test` failed with error:\nnpm error code 127",
            &["npm error code 127"],
        ),
        (
            "Exception in thread \"main\" java.lang.IllegalStateException: no coupon\n\tat com.shop.Cart.total(Cart.java:8)\nCaused by: java.sql.SQLException: column missing",
            &["Exception in thread \"main\" java.lang.IllegalStateException: no coupon"],
        ),
        ("Step 3/9 : RUN npm ci\nno space left on device\nexit status 1", &["no space left on device"]),
        ("everything is fine\nDone in 3 s", &[]),
        (
            "a\nCommand did not exit successfully ./deploy.sh exit status 3",
            &["Command did not exit successfully ./deploy.sh exit status 3"],
        ),
        ("오류가 발생했습니다\nError: 결제 모듈을 찾을 수 없습니다", &["Error: 결제 모듈을 찾을 수 없습니다"]),
    ] {
        assert_eq!(hits(text), want, "{text}");
    }
}

#[test]
fn only_the_command_that_failed_counts() {
    let text = "\
[Container] 2026/11/22 14:11:20.0 Running command npm ci || true
Error: an optional dependency could not be built
[Container] 2026/11/22 14:11:21.0 Running command npm test
TypeError: total is not a function
[Container] 2026/11/22 14:11:22.0 Command did not exit successfully npm test exit status 1
[Container] 2026/11/22 14:11:23.0 Entering phase POST_BUILD
Error: nothing to report";
    assert_eq!(hits(text), ["TypeError: total is not a function"]);
}

#[test]
fn only_the_phase_that_failed_counts_where_its_time_is_known() {
    let lines =
        log("Error: tolerated while installing\na\nb\nc\nd\ne\nError: the cause\nf\ng\nh\ni\nError: in the next phase");
    let of = |from, to| explain(&lines, from, to).map(|e| e.range.start);
    assert_eq!(of(None, None), Some(0));
    assert_eq!(of(Some(at(5)), Some(at(8))), Some(6));
    // Clocks that have nothing to do with each other: better all lines than none.
    assert_eq!(of(Some(at(9_000)), Some(at(9_100))), Some(0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn hits_are_a_short_block_within_the_log(
        texts in prop::collection::vec("\\PC{0,80}|(Error: |FAIL |  at x:1|\\[Container\\] 1/1 2:2 |Running command |\u{1b}\\[31m|\u{202e}){0,3}[ -~]{0,40}", 0..40),
        from in 0i64..60, length in -20i64..60,
    ) {
        let lines: Vec<LogLine> = texts.into_iter().enumerate().map(|(i, text)| LogLine { at: at(i as i64), text }).collect();
        if let Some(explained) = explain(&lines, Some(at(from)), Some(at(from + length))) {
            prop_assert!(!explained.range.is_empty() && explained.range.end <= lines.len());
            prop_assert!(explained.range.len() <= MOST);
            prop_assert_eq!(explained.said.len(), explained.range.len());
            let judged = score::judge(&explained.said[0]);
            prop_assert!(judged.score > 0);
        }
    }
}
