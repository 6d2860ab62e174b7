//! Bad input and bad weather, one subject a file. The table of all of it, with what is said and which test holds it, is
//! `docs/weather.md`; that the table names only tests there are is checked here.

mod acting;
mod aws;
mod files;
mod home;
mod hostile;
mod sleep;

use std::path::Path;

/// The cells of the table's rows.
fn table() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs/weather.md")).expect("the table");
    let rows = text.lines().filter(|line| line.starts_with("| ")).filter(|line| !line.starts_with("| ---"));
    let rows = rows.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect());
    rows.skip(1).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

#[test]
fn every_weather_of_the_table_has_a_test_that_is_there() {
    let rows = table();
    assert!(rows.len() >= 20, "{} rows", rows.len());
    for row in rows {
        let [weather, says, stays, tests] = &row[..] else { panic!("{row:?}") };
        assert!(!says.is_empty() && !stays.is_empty(), "{weather}");
        let mut named = 0;
        // `tests/it/weather/aws.rs` name_of_test, name_of_another; `crates/…` …
        for group in tests.split("; ") {
            let (file, names) = group.trim_start_matches('`').split_once("` ").unwrap_or_else(|| panic!("{group}"));
            let text = std::fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{weather}: {file}: {e}"));
            for name in names.split(", ") {
                assert!(text.contains(&format!("fn {name}(")), "{weather}: {file} has no test `{name}`");
                named += 1;
            }
        }
        assert!(named > 0, "{weather}");
    }
}
