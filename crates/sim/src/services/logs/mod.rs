//! CloudWatch Logs: the logs that builds write, in a group a project and a stream a build. Reading only; live tailing
//! and queries are not offered. How a filter pattern is read is `pattern`'s.

mod pattern;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::{
    service::{ApiError, Request, Service},
    world::{
        World,
        log::{self, LogLine},
        noise, page,
        place::Place,
        project::{Build, Project},
        time::Ms,
    },
};

/// The service.
#[derive(Debug)]
pub(super) struct Logs;

impl Service<World> for Logs {
    fn id(&self) -> &'static str {
        "logs"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["DescribeLogGroups", "DescribeLogStreams", "FilterLogEvents", "GetLogEvents"]
    }

    fn call(&self, world: &mut World, request: &Request<'_>) -> Result<Value, ApiError> {
        let now = world.now_ms();
        let call = Call { world, request, now };
        match request.operation {
            "DescribeLogGroups" => call.describe_log_groups(),
            "DescribeLogStreams" => call.describe_log_streams(),
            "FilterLogEvents" => call.filter_log_events(),
            "GetLogEvents" => call.get_log_events(),
            other => Err(ApiError::client("UnknownOperationException", format!("{other} is not offered"))),
        }
    }
}

const GROUP: &str = "/aws/codebuild/";
/// Most events of an answer, and most bytes of them (each event counts 26 more than its message).
const MOST_EVENTS: usize = 10_000;
const MOST_BYTES: usize = 1_048_576;

fn invalid(message: &str) -> ApiError {
    ApiError::client("InvalidParameterException", message)
}

struct Call<'a> {
    world: &'a World,
    request: &'a Request<'a>,
    now: Ms,
}

impl<'a> Call<'a> {
    fn text(&self, member: &str) -> &'a str {
        self.request.input.get(member).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, member: &str) -> Option<i64> {
        self.request.input.get(member).and_then(Value::as_i64)
    }

    fn flag(&self, member: &str) -> bool {
        self.request.input.get(member).and_then(Value::as_bool).unwrap_or(false)
    }

    fn limit(&self, most: usize) -> usize {
        self.number("limit").and_then(|l| usize::try_from(l).ok()).unwrap_or(most).clamp(1, most)
    }

    fn window(&self) -> impl Fn(&LogLine) -> bool + use<> {
        let (from, to) = (self.number("startTime").unwrap_or(0), self.number("endTime").unwrap_or(Ms::MAX));
        move |line| from <= line.at && line.at < to
    }

    fn place(&self) -> Option<&'a Place> {
        self.world.place(self.request.account, self.request.region)
    }

    /// The project whose group the call names, by name or ARN.
    fn group(&self) -> Result<(&'a Place, &'a Project), ApiError> {
        let name = match (self.text("logGroupName"), self.text("logGroupIdentifier")) {
            ("", "") => return Err(invalid("Either logGroupName or logGroupIdentifier must be specified")),
            ("", arn) => arn.split(":log-group:").last().unwrap_or(arn).trim_end_matches(":*"),
            (name, "") => name,
            _ => return Err(invalid("Only one of logGroupName and logGroupIdentifier can be specified")),
        };
        let project = self.place().and_then(|p| Some((p, p.project(name.strip_prefix(GROUP)?)?)));
        project
            .filter(|(_, p)| !p.builds.is_empty())
            .ok_or_else(|| ApiError::client("ResourceNotFoundException", "The specified log group does not exist."))
    }

    fn lines(&self, project: &Project, build: &Build) -> Vec<LogLine> {
        let line = self.world.lines.get(project.line as usize);
        log::lines(project, build, line, &self.world.extra_log, self.now)
    }

    fn get_log_events(&self) -> Result<Value, ApiError> {
        let (place, project) = self.group()?;
        let stream = self.text("logStreamName");
        let build = self
            .stream(place, project, stream)
            .ok_or_else(|| ApiError::client("ResourceNotFoundException", "The specified log stream does not exist."))?;
        let wanted = self.window();
        let all: Vec<LogLine> = self.lines(project, build).into_iter().filter(wanted).collect();
        let limit = self.limit(MOST_EVENTS);
        let key =
            noise::of(self.world.seed, &["log", self.request.account, self.request.region, &project.name, stream]);
        let (from, to) = match self.request.input.get("nextToken").and_then(Value::as_str) {
            None if self.flag("startFromHead") => (0, fit(all.iter(), limit)),
            None => (all.len() - fit(all.iter().rev(), limit), all.len()),
            Some(token) => match position(key, token).ok_or_else(|| invalid("The specified nextToken is invalid."))? {
                ('f', at) => (at.min(all.len()), at.min(all.len()) + fit(all.iter().skip(at), limit)),
                (_, at) => {
                    let to = at.min(all.len());
                    (to - fit(all[..to].iter().rev(), limit), to)
                }
            },
        };
        let events: Vec<Value> = all[from..to]
            .iter()
            .map(|l| json!({ "timestamp": l.at, "message": l.text.trim_end_matches('\n'), "ingestionTime": l.at + INGESTION }))
            .collect();
        // The end of the stream is told by the same token coming back, as AWS does.
        Ok(
            json!({ "events": events, "nextForwardToken": stream_token(key, 'f', to), "nextBackwardToken": stream_token(key, 'b', from) }),
        )
    }

    fn stream(&self, place: &'a Place, project: &Project, name: &str) -> Option<&'a Build> {
        let number = place.find_build(&format!("{}:{name}", project.name))?;
        place.builds.get(number as usize)
    }

    fn describe_log_groups(&self) -> Result<Value, ApiError> {
        let prefix = self.text("logGroupNamePrefix");
        let after = self.after(prefix)?;
        let limit = self.limit(50);
        let (account, region) = (self.request.account, self.request.region);
        let mut groups: Vec<(String, &Project)> = self
            .place()
            .map(|p| {
                p.projects.iter().filter(|p| !p.builds.is_empty()).map(|p| (format!("{GROUP}{}", p.name), p)).collect()
            })
            .unwrap_or_default();
        groups.retain(|(name, _)| name.starts_with(prefix) && after.as_ref().is_none_or(|a| name > a));
        groups.sort_by(|a, b| a.0.cmp(&b.0));
        let more = groups.len() > limit;
        groups.truncate(limit);
        let told: Vec<Value> = groups
            .iter()
            .map(|(name, project)| {
                json!({
                    "logGroupName": name,
                    "creationTime": project.created,
                    "metricFilterCount": 0,
                    "arn": format!("arn:aws:logs:{region}:{account}:log-group:{name}:*"),
                    "logGroupArn": format!("arn:aws:logs:{region}:{account}:log-group:{name}"),
                    "storedBytes": project.builds.len() * 20_000,
                    "logGroupClass": "STANDARD",
                })
            })
            .collect();
        let next = groups.last().filter(|_| more).map(|(name, _)| name.clone());
        Ok(self.with_token(json!({ "logGroups": told }), prefix, next))
    }

    fn describe_log_streams(&self) -> Result<Value, ApiError> {
        let (place, project) = self.group()?;
        let prefix = self.text("logStreamNamePrefix");
        let by_time = self.text("orderBy") == "LastEventTime";
        if by_time && !prefix.is_empty() {
            return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
        }
        let (account, region) = (self.request.account, self.request.region);
        let mut streams: Vec<(String, &Build)> = project
            .builds
            .iter()
            .map(|b| &place.builds[*b as usize])
            .map(|b| (if by_time { format!("{:016} {}", b.started, b.id) } else { b.id.to_string() }, b))
            .filter(|(_, b)| b.id.to_string().starts_with(prefix))
            .collect();
        streams.sort_by(|a, b| a.0.cmp(&b.0));
        let down = self.flag("descending");
        if down {
            streams.reverse();
        }
        let filters = format!("{} {prefix} {by_time} {down}", project.name);
        if let Some(after) = self.after(&filters)? {
            streams.retain(|(key, _)| if down { *key < after } else { *key > after });
        }
        let limit = self.limit(50);
        let more = streams.len() > limit;
        streams.truncate(limit);
        let told: Vec<Value> = streams
            .iter()
            .map(|(_, b)| {
                let last = self.now.min(b.ends());
                json!({
                    "logStreamName": b.id.to_string(),
                    "creationTime": b.started,
                    "firstEventTimestamp": b.started,
                    "lastEventTimestamp": last,
                    "lastIngestionTime": last + INGESTION,
                    "arn": format!("arn:aws:logs:{region}:{account}:log-group:{GROUP}{}:log-stream:{}", project.name, b.id),
                    "storedBytes": 0,
                })
            })
            .collect();
        let next = streams.last().filter(|_| more).map(|(key, _)| key.clone());
        Ok(self.with_token(json!({ "logStreams": told }), &filters, next))
    }

    fn filter_log_events(&self) -> Result<Value, ApiError> {
        let (place, project) = self.group()?;
        let names = self.request.input.get("logStreamNames").and_then(Value::as_array);
        let prefix = self.text("logStreamNamePrefix");
        if names.is_some() && !prefix.is_empty() {
            return Err(invalid("logStreamNames and logStreamNamePrefix cannot both be specified"));
        }
        let pattern =
            pattern::Pattern::read(self.text("filterPattern")).ok_or_else(|| invalid("Invalid filter pattern"))?;
        let builds: Vec<&Build> = match names {
            None => project
                .builds
                .iter()
                .map(|b| &place.builds[*b as usize])
                .filter(|b| b.id.to_string().starts_with(prefix))
                .collect(),
            Some(names) => {
                let found = names.iter().filter_map(Value::as_str).map(|n| self.stream(place, project, n));
                let found: Option<Vec<&Build>> = found.collect();
                found.ok_or_else(|| {
                    ApiError::client("ResourceNotFoundException", "The specified log stream does not exist.")
                })?
            }
        };
        let filters = format!("{} {prefix} {} {:?}", project.name, self.text("filterPattern"), names.map(Vec::len));
        let after = self.after(&filters)?;
        let wanted = self.window();
        let (from, to) = (self.number("startTime").unwrap_or(0), self.number("endTime").unwrap_or(Ms::MAX));
        let mut events: Vec<(String, &Build, LogLine)> = Vec::new();
        for build in builds.into_iter().filter(|b| b.started < to && b.ends() >= from) {
            for (n, line) in self.lines(project, build).into_iter().enumerate() {
                let key = format!("{:016}{:08}{}", line.at, n, build.id);
                if wanted(&line) && pattern.fits(&line.text) && after.as_ref().is_none_or(|a| key > *a) {
                    events.push((key, build, line));
                }
            }
        }
        events.sort_by(|a, b| a.0.cmp(&b.0));
        let count = fit(events.iter().map(|(_, _, l)| l), self.limit(MOST_EVENTS));
        let more = events.len() > count;
        events.truncate(count);
        let told: Vec<Value> = events
            .iter()
            .map(|(key, build, line)| {
                json!({
                    "logStreamName": build.id.to_string(),
                    "timestamp": line.at,
                    "message": line.text.trim_end_matches('\n'),
                    "ingestionTime": line.at + INGESTION,
                    "eventId": format!("{:056}", noise::of(0, &["event", key])),
                })
            })
            .collect();
        let next = events.last().filter(|_| more).map(|(key, _, _)| key.clone());
        Ok(self.with_token(json!({ "events": told, "searchedLogStreams": [] }), &filters, next))
    }

    fn scope<'b>(&'b self, filters: &'b str) -> [&'b str; 4] {
        [self.request.operation, self.request.account, self.request.region, filters]
    }

    fn after(&self, filters: &str) -> Result<Option<String>, ApiError> {
        match self.request.input.get("nextToken").and_then(Value::as_str) {
            None => Ok(None),
            Some(token) => page::key(self.world.seed, &self.scope(filters), token)
                .map(Some)
                .ok_or_else(|| invalid("The specified nextToken is invalid.")),
        }
    }

    fn with_token(&self, mut answer: Value, filters: &str, next: Option<String>) -> Value {
        if let Some(key) = next {
            answer["nextToken"] = page::token(self.world.seed, &self.scope(filters), &key).into();
        }
        answer
    }
}

/// How long after it was written a line can be read.
const INGESTION: Ms = 900;

/// How many of these lines fit into an answer.
fn fit<'a>(lines: impl Iterator<Item = &'a LogLine>, limit: usize) -> usize {
    let mut bytes = 0;
    lines
        .take(limit)
        .enumerate()
        .take_while(|(n, l)| {
            bytes += l.text.len() + 26;
            *n == 0 || bytes <= MOST_BYTES
        })
        .count()
}

/// AWS's form: a direction, 56 digits, an `s`. The digits end in the position and begin with a check of the stream.
fn stream_token(key: u64, direction: char, at: usize) -> String {
    format!("{direction}/{:044}{at:012}/s", u128::from(noise::mix(key, at as u64)))
}

fn position(key: u64, token: &str) -> Option<(char, usize)> {
    let parts: Vec<&str> = token.split('/').collect();
    let [direction @ ("f" | "b"), digits, "s"] = parts[..] else { return None };
    let at: usize = digits.get(44..)?.parse().ok()?;
    let direction = direction.chars().next()?;
    (stream_token(key, direction, at) == token).then_some((direction, at))
}
