//! Bad weather as the command line tells it: each line says whom, where, what was asked, what happened and what to do; a full
//! disk; hostile text on a terminal. (The table of all weather: `docs/weather.md`.)

use std::process::Command;

use skydeck_sim::{World, clock::SimClock, world::hostile};

use crate::ground::{Ground, REGION, Ran};

#[test]
fn what_could_not_be_read_is_one_line_with_whom_where_what_and_what_to_do() {
    let ground = Ground::read();
    for (kind, said) in [
        (r#""access_denied""#, "`skydeckctl policy observer --service codepipeline` prints what it needs."),
        (r#""throttle""#, "the next read tries again"),
        (r#""http_503""#, "AWS says that the service is unavailable."),
        (r#""reset""#, "Check the network"),
        (r#""expired_token""#, "`aws sso login --profile prod`, or renew its keys"),
    ] {
        ground.weather(&format!(
            r#"{{"rules": [{{"account": "100000000002", "operation": "ListPipelines", "kind": {kind}}}]}}"#
        ));
        let ran = ground.run(&["sync", "--profile", "prod", "--profile", "dev", "--service", "codepipeline"]);
        assert_eq!(ran.status, 3, "{kind}: {ran:#?}");
        let told: Vec<&str> = ran.err.lines().collect();
        assert_eq!(told.len(), 1, "{kind}: {told:#?}");
        for said in [said, "skydeckctl: prod (100000000002) ", REGION, " codepipeline: ", " in ListPipelines: "] {
            assert!(told[0].contains(said), "{kind}: {said}: {}", told[0]);
        }
        // The rest is as it was, and the way to see what is old is the same message.
        let ran = ground.run(&["status"]).ok();
        assert!(ran.err.contains("prod (100000000002)"), "{kind}: {}", ran.err);
    }
}

#[test]
fn a_region_that_is_off_is_told_once_and_is_no_failure() {
    let ground = Ground::read();
    ground.sim.with_world(|world| world.set_region_enabled("100000000002", REGION, false));
    let ran = ground.run(&["sync", "--profile", "prod"]).ok();
    let told: Vec<&str> = ran.err.lines().collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("prod") && told[0].contains("RegionNotEnabled"), "{}", told[0]);
    assert!(told[0].contains("Enable the Region in the account's settings"), "{}", told[0]);
}

/// Runs a script in a mount namespace of its own, so that what it mounts is gone with it.
fn in_own_mounts(ground: &Ground, script: &str, arguments: &[&str]) -> Ran {
    let program = ground.command(&[]);
    let root = String::from_utf8(Command::new("id").arg("-u").output().expect("id").stdout).expect("digits");
    let mut command = Command::new("unshare");
    if root.trim() != "0" {
        // Who is not root becomes it in a namespace of his own; where that is forbidden this fails, and says so.
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--mount", "sh", "-eu", "-c", script]).arg(program.get_program()).args(arguments).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for (name, value) in program.get_envs() {
        command.env(name, value.expect("it is set"));
    }
    Ran::of(command.output().expect("unshare is there"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing_and_what_cannot_be_recorded_is_not_done() {
    let ground = Ground::read();
    let stage = format!("{}/Deploy", ground.pipelines("dev", "ok")[0]);
    ground.sim.clear_calls();
    // The home on a small disk of its own; filled to the last page, or but for some pages, then freed again.
    let script = r#"
        cp -a "$SKYDECK_HOME" "$HOME/kept"
        mount -t tmpfs -o size=24m tmpfs "$SKYDECK_HOME"
        cp -a "$HOME/kept/." "$SKYDECK_HOME"
        cd "$SKYDECK_HOME"
        for free in 0 12; do
            dd if=/dev/zero of=filler bs=4k 2>/dev/null || true
            if [ $free -gt 0 ]; then truncate -s -$((free * 4096)) filler; fi
            for what in sync act; do
                case $what in
                    sync) set -- sync --profile dev --json;;
                    act) set -- act hold "$STAGE" --reason r --confirm yes --json;;
                esac
                status=0
                "$0" "$@" >"$HOME/$what.$free.out" 2>"$HOME/$what.$free.err" || status=$?
                echo $status >"$HOME/$what.$free.status"
            done
            rm filler
            "$0" get codepipeline.pipeline --json >"$HOME/get.$free.out"
            "$0" ledger --json >"$HOME/ledger.$free.out"
        done
        "$0" sync --profile dev >/dev/null
        "$0" act hold "$STAGE" --reason r --confirm yes --json >/dev/null
        "$0" ledger --json
    "#;
    let script = script.replace("$STAGE", &stage);
    let ran = in_own_mounts(&ground, &script, &[]);
    let ledger = ran.json(0);
    let file = |name: &str| std::fs::read_to_string(ground.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    for free in ["0", "12"] {
        for what in ["sync", "act"] {
            let (out, err) = (file(&format!("{what}.{free}.out")), file(&format!("{what}.{free}.err")));
            assert_ne!(file(&format!("{what}.{free}.status")).trim(), "0", "{what}, {free} pages free: {out} {err}");
            assert!(err.contains("is full") && err.contains("Free some space"), "{what}, {free} pages free: {err}");
        }
        let rows: serde_json::Value = serde_json::from_str(&file(&format!("get.{free}.out"))).unwrap();
        assert_eq!(rows.as_array().unwrap().len(), 36, "no row is lost");
        assert_eq!(file(&format!("ledger.{free}.out")).trim(), "[]");
    }
    assert_eq!(ledger.as_array().unwrap().len(), 1, "{ledger:#}");
    assert_eq!(ledger[0]["outcome"], "succeeded");
    let calls = ground.sim.calls().into_iter().filter(|c| c.mutating).count();
    assert_eq!(calls, 1, "nothing was called that could not be recorded");
}

#[test]
fn hostile_text_does_nothing_to_a_terminal_and_is_whole_in_json() {
    let ground = Ground::before(World::hostile(SimClock::machine(), 7));
    ground.run(&["sync"]).ok();
    let rows = ground.run(&["get", "codepipeline.pipeline", "--json"]).json(0);
    let mut names: Vec<&str> = rows.as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    let mut want = hostile::NAMES.to_vec();
    names.sort_unstable();
    want.sort_unstable();
    assert_eq!(names, want);
    let mut lines = vec![vec!["status"], vec!["get", "all"], vec!["ledger"], vec!["profiles"]];
    let arns: Vec<&str> = rows.as_array().unwrap().iter().map(|r| r["arn"].as_str().unwrap()).collect();
    lines.extend(arns.iter().take(4).map(|arn| vec!["plan", "start", arn]));
    let mut seen = 0;
    for line in lines {
        let ran = ground.run(&line).ok();
        for text in [ran.out, ran.err] {
            let acts = |c: char| {
                (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!text.chars().any(acts), "{line:?}: {text:?}");
            seen += text.matches("<img src=x").count();
        }
    }
    assert!(seen > 0, "or it would prove nothing");
}
