//! The end of a CloudWatch Logs stream, for services whose things log there.
//!
//! Not a service of its own yet: it has no rows. Whoever reads logs through it declares [`GET_LOG_EVENTS`] among its
//! operations; the budget follows the permission, so all of them share the one of CloudWatch Logs.

use aws_sdk_cloudwatchlogs::{Client, types::OutputLogEvent};
use skydeck_domain::{
    Timestamp,
    log::{LogLine, LogTail},
};

use super::ends_the_read;
use crate::{
    AwsError,
    service::{Operation, ReadCtx},
};

/// Published at 10 to 30 calls per second by Region; the lowest.
pub(crate) const GET_LOG_EVENTS: Operation =
    Operation { name: "GetLogEvents", permission: "logs:GetLogEvents", mutates: false, rate: Some((10.0, 10.0)) };

/// Longest line kept, in bytes.
const LINE: usize = 16 * 1024;
/// AWS may answer with an empty page though there are earlier lines: pages that are tried.
const PAGES: usize = 5;
/// Most lines of one call.
const MOST: u32 = 10_000;

/// The last lines of a stream. What prevents just this read (denied, no such stream) is told in the tail.
pub(crate) async fn tail(ctx: &ReadCtx, group: &str, stream: &str, lines: u32) -> Result<LogTail, AwsError> {
    let client = ctx.caller.client(Client::new);
    let wanted = lines.clamp(1, MOST - 1) as usize;
    let (mut events, mut token): (Vec<OutputLogEvent>, Option<String>) = (Vec::new(), None);
    let mut error = None;
    for _ in 0..PAGES {
        let get = || {
            let get = client.get_log_events().log_group_name(group).log_stream_name(stream).start_from_head(false);
            // One more than is shown tells whether there are earlier ones.
            get.limit((wanted + 1 - events.len()) as i32).set_next_token(token.clone()).send()
        };
        let page = match ctx.caller.call(GET_LOG_EVENTS.name, get).await {
            Ok(page) => page,
            Err(e) if ends_the_read(&e) => return Err(e),
            Err(e) => {
                error = Some(e.info);
                break;
            }
        };
        events.splice(0..0, page.events.unwrap_or_default());
        let next = page.next_backward_token;
        if events.len() > wanted || next.is_none() || next == token {
            break;
        }
        token = next;
    }
    let truncated = events.len() > wanted;
    let shown = events.len().saturating_sub(wanted);
    Ok(LogTail {
        group: group.to_owned(),
        stream: stream.to_owned(),
        lines: events.iter().skip(shown).filter_map(line).collect(),
        truncated,
        read_at: ctx.clock.now(),
        error,
    })
}

fn line(event: &OutputLogEvent) -> Option<LogLine> {
    let at = Timestamp::from_timestamp_millis(event.timestamp()?)?;
    Some(LogLine { at, text: cut(event.message().unwrap_or_default().trim_end_matches(['\n', '\r'])) })
}

/// At most 16 KiB, cut between characters, with `…` where cut.
fn cut(text: &str) -> String {
    if text.len() <= LINE {
        return text.to_owned();
    }
    let mut end = LINE - '…'.len_utf8();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_loses_its_end_and_nothing_else() {
        let event = |text: &str| OutputLogEvent::builder().timestamp(1_763_885_678_123).message(text).build();
        assert_eq!(line(&event("\u{1b}[31mFAIL\t<b>\r\n")).unwrap().text, "\u{1b}[31mFAIL\t<b>");
        assert_eq!(line(&event("")).unwrap().text, "");
        assert_eq!(line(&OutputLogEvent::builder().message("no time").build()), None);
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let text = cut(&"가".repeat(10_000));
        assert!(text.len() <= LINE && text.ends_with("가…"));
        let whole = "x".repeat(LINE);
        assert_eq!(cut(&whole), whole);
    }
}
