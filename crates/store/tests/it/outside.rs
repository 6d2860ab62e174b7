//! The files as SQLite's own shell sees them: another build of SQLite, which no one here wrote.

use std::{path::Path, process::Command};

use skydeck_store::{Cache, Ledger};

use crate::given::{BASIS, PIPELINE, action, at, failed, row, run, source};

/// The shell's answer; none if there is no shell on this machine (`cargo xtask test` installs it).
fn sqlite3(path: &Path, sql: &str) -> Option<String> {
    let output = match Command::new("sqlite3").arg(path).arg(sql).output() {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return None,
        output => output.unwrap(),
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn both_files_are_sound_to_sqlites_own_shell() {
    let folder = tempfile::tempdir().unwrap();
    let (cache_path, ledger_path) = (folder.path().join("cache.db"), folder.path().join("ledger.db"));
    let (cache, _) = Cache::open(&cache_path, at(0)).await.unwrap();
    let source = source("dev", "codepipeline");
    let rows: Vec<_> = (0..500).map(|i| row("dev", PIPELINE, &format!("p{i}"))).collect();
    cache.upsert(&source, &rows).await.unwrap();
    let red: Vec<_> = rows.iter().step_by(2).cloned().map(|r| failed(r, "exit status 1")).collect();
    cache.upsert(&source, &red).await.unwrap();
    let seen: Vec<_> = rows.iter().step_by(3).map(|r| r.id.clone()).collect();
    cache.complete(&source, PIPELINE, &seen, at(1)).await.unwrap();
    let ledger = Ledger::open(&ledger_path, at(0)).await.unwrap();
    ledger.intend(&action("01A"), BASIS).await.unwrap();
    ledger.put_runs(&(0..300).map(|i| run("arn:web", &i.to_string(), i, 3)).collect::<Vec<_>>()).await.unwrap();

    for moment in ["open", "closed"] {
        for path in [&cache_path, &ledger_path] {
            let Some(answer) = sqlite3(path, "pragma integrity_check; pragma foreign_key_check;") else { return };
            assert_eq!(answer, "ok\n", "{moment} {}", path.display());
        }
        // The search tables against the rows they index.
        let same = "insert into search(search, rank) values('integrity-check', 1);
             insert into beginnings(beginnings, rank) values('integrity-check', 1);
             select count(*) from resources;";
        assert_eq!(sqlite3(&cache_path, same).as_deref(), Some("167\n"), "{moment}");
        if moment == "open" {
            cache.close().await.unwrap();
            ledger.close().await.unwrap();
        }
    }
}
