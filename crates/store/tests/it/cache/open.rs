//! Tests of `src/cache/open.rs`.

use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use skydeck_store::{Cache, CacheOpened, Error, Ledger, Query};

use crate::given::{PIPELINE, at, by, row, source};

const ROWS: usize = 300;

struct Home {
    _folder: tempfile::TempDir,
    cache: PathBuf,
    ledger: PathBuf,
}

/// A cache with rows and a ledger with a setting, both closed.
async fn home() -> Home {
    let folder = tempfile::tempdir().unwrap();
    let home = Home { cache: folder.path().join("cache.db"), ledger: folder.path().join("ledger.db"), _folder: folder };
    let (cache, opened) = Cache::open(&home.cache, at(0)).await.unwrap();
    assert_eq!(opened, CacheOpened::Created);
    let rows: Vec<_> = (0..ROWS).map(|i| row("dev", PIPELINE, &format!("p{i}"))).collect();
    cache.upsert(&source("dev", "codepipeline"), &rows).await.unwrap();
    cache.close().await.unwrap();
    let ledger = Ledger::open(&home.ledger, at(0)).await.unwrap();
    ledger.set_setting("theme", Some(&"dark".into()), &by(0)).await.unwrap();
    ledger.close().await.unwrap();
    home
}

async fn count(cache: &Cache) -> i64 {
    cache.page(&Query::default()).await.unwrap().total.n
}

fn overwrite(path: &Path, offset: u64, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(bytes).unwrap();
    // File times are coarse: a change within one tick of the clock would look like none.
    let an_hour_on = fs::metadata(path).unwrap().modified().unwrap() + Duration::from_secs(3600);
    file.set_modified(an_hour_on).unwrap();
}

/// Opens the damaged cache: it must be empty, usable, and the old file aside; the ledger as it was.
async fn is_rebuilt(home: &Home, damage: &str) {
    let (damaged, ledger) = (fs::read(&home.cache).unwrap(), fs::read(&home.ledger).unwrap());
    let (cache, opened) = Cache::open(&home.cache, at(1)).await.unwrap();
    let CacheOpened::Rebuilt { aside, why } = opened else { panic!("{damage}: {opened:?}") };
    assert!(!why.is_empty());
    assert_eq!(fs::read(aside).unwrap(), damaged, "{damage}");
    assert_eq!(count(&cache).await, 0, "{damage}");
    cache.upsert(&source("dev", "codepipeline"), &[row("dev", PIPELINE, "web")]).await.unwrap();
    cache.close().await.unwrap();
    assert_eq!(fs::read(&home.ledger).unwrap(), ledger, "{damage}");
    let (cache, opened) = Cache::open(&home.cache, at(2)).await.unwrap();
    assert_eq!((opened, count(&cache).await), (CacheOpened::Existing, 1), "{damage}");
}

#[tokio::test]
async fn what_was_read_is_there_at_the_next_start() {
    let home = home().await;
    let (cache, opened) = Cache::open(&home.cache, at(1)).await.unwrap();
    assert_eq!((opened, count(&cache).await), (CacheOpened::Existing, ROWS as i64));
}

#[tokio::test]
async fn a_cache_that_was_not_closed_loses_nothing() {
    let home = home().await;
    let (cache, _) = Cache::open(&home.cache, at(1)).await.unwrap();
    cache.upsert(&source("dev", "codepipeline"), &[row("dev", PIPELINE, "new")]).await.unwrap();
    let crashed = home.cache.with_file_name("crashed.db");
    for companion in ["", "-wal"] {
        let name = |path: &Path| PathBuf::from(format!("{}{companion}", path.display()));
        fs::copy(name(&home.cache), name(&crashed)).unwrap();
    }
    let (cache, opened) = Cache::open(&crashed, at(2)).await.unwrap();
    assert_eq!((opened, count(&cache).await), (CacheOpened::Existing, ROWS as i64 + 1));
}

#[tokio::test]
async fn garbage_is_rebuilt() {
    let home = home().await;
    fs::write(&home.cache, b"this is not a database, but it is long enough to be looked at ".repeat(100)).unwrap();
    is_rebuilt(&home, "garbage").await;
}

#[tokio::test]
async fn a_truncated_file_is_rebuilt() {
    for part in [1, 100, 4096, 100_000] {
        let home = home().await;
        let file = fs::OpenOptions::new().write(true).open(&home.cache).unwrap();
        assert!(file.metadata().unwrap().len() > part);
        file.set_len(part).unwrap();
        drop(file);
        is_rebuilt(&home, &format!("truncated to {part}")).await;
    }
}

#[tokio::test]
async fn a_zeroed_page_is_rebuilt() {
    let home = home().await;
    let whole = fs::read(&home.cache).unwrap();
    let pages = whole.len() as u64 / 4096;
    for page in [0, 1, pages / 3, pages / 2, pages - 1] {
        fs::write(&home.cache, &whole).unwrap();
        overwrite(&home.cache, page * 4096, &[0; 4096]);
        is_rebuilt(&home, &format!("page {page} zeroed")).await;
    }
}

#[tokio::test]
async fn only_the_latest_damaged_file_is_kept() {
    let home = home().await;
    for minute in [1, 2, 3] {
        fs::write(&home.cache, "garbage".repeat(1000)).unwrap();
        let (cache, _) = Cache::open(&home.cache, at(minute)).await.unwrap();
        cache.close().await.unwrap();
    }
    let folder = fs::read_dir(home.cache.parent().unwrap()).unwrap();
    let damaged: Vec<_> =
        folder.map(|e| e.unwrap().file_name()).filter(|n| n.to_string_lossy().contains("damaged")).collect();
    assert_eq!(damaged, ["cache.db.damaged-20261122T080300Z"]);
}

#[tokio::test]
async fn a_cache_of_a_newer_version_is_rebuilt() {
    let home = home().await;
    let url = format!("sqlite://{}", home.cache.display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let sql = "INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2026-11-22', true, x'00', 1)";
    sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    pool.close().await;
    is_rebuilt(&home, "newer").await;
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_told_and_the_cache_made_anew_at_the_next_start() {
    let home = home().await;
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", home.cache.display())).await.unwrap();
    sqlx::raw_sql("UPDATE resources SET detail = 'no JSON' WHERE name = 'p7'").execute(&pool).await.unwrap();
    pool.close().await;
    let (cache, opened) = Cache::open(&home.cache, at(1)).await.unwrap();
    assert_eq!(opened, CacheOpened::Existing);
    let refused = cache.page(&Query { limit: 1000, ..Query::default() }).await;
    assert!(matches!(refused, Err(Error::Data { .. })), "{refused:?}");
    cache.close().await.unwrap();
    is_rebuilt(&home, "a broken value").await;
}

#[tokio::test]
async fn two_can_have_it_open_and_a_damaged_one_is_not_taken_from_the_other() {
    let home = home().await;
    let (first, _) = Cache::open(&home.cache, at(1)).await.unwrap();
    let (second, opened) = Cache::open(&home.cache, at(1)).await.unwrap();
    assert_eq!(opened, CacheOpened::Existing);
    second.upsert(&source("dev", "codepipeline"), &[row("dev", PIPELINE, "new")]).await.unwrap();
    assert_eq!(count(&first).await, ROWS as i64 + 1);
    second.close().await.unwrap();

    fs::write(&home.cache, "garbage".repeat(1000)).unwrap();
    let refused = Cache::open(&home.cache, at(2)).await;
    assert!(matches!(&refused, Err(Error::Corrupt { cure, .. }) if cure.contains("Close the other")), "{refused:?}");
    assert!(fs::read(&home.cache).unwrap().starts_with(b"garbage"));
}

#[tokio::test]
async fn many_open_a_new_one_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not/there/yet/cache.db");
    let opened = futures_all((0..8).map(|_| Cache::open(&path, at(0)))).await;
    let created = opened.iter().filter(|o| matches!(o, Ok((_, CacheOpened::Created)))).count();
    assert_eq!((created, opened.iter().filter(|o| o.is_ok()).count()), (1, 8), "{opened:?}");
}

async fn futures_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.map(Box::pin).map(|f| (f, None)).collect();
    std::future::poll_fn(|cx| {
        let mut ready = true;
        for (future, output) in &mut futures {
            if output.is_none() {
                match future.as_mut().poll(cx) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    futures.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn a_folder_in_its_place_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let error = Cache::open(folder.path(), at(0)).await.unwrap_err();
    assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
}
