//! What the commands of each trade print, in good times and in bad ones.

use super::Text;
use crate::world::{
    noise,
    project::{BuildFate, Trade, Trouble},
};

/// What the texts are about.
pub(super) struct Words<'a> {
    pub(super) project: &'a str,
    pub(super) commit: &'a str,
    pub(super) draw: u64,
}

/// The command that fails.
pub(super) fn command(trade: Trade, trouble: Trouble) -> &'static str {
    match (trade, trouble) {
        (Trade::Gradle, Trouble::Compile) => "./gradlew compileKotlin",
        (Trade::Gradle, Trouble::Dependency) => "./gradlew dependencies",
        (Trade::Gradle, _) => "./gradlew test",
        (Trade::Python, Trouble::Dependency) => "pip install -r requirements.txt",
        (Trade::Python, _) => "pytest -q",
        (Trade::Templates, _) => "cfn-lint template.yaml",
        (Trade::Smoke, _) => "npm run smoke",
        (Trade::Node, Trouble::Compile) => "npm run build",
        (Trade::Node, Trouble::Dependency) => "npm ci",
        (Trade::Node, _) => "npm test",
    }
}

/// The lines of a phase (4 INSTALL, 5 PRE_BUILD, 6 BUILD, 7 POST_BUILD); `bad` if it is the one that fails.
pub(super) fn output(trade: Trade, phase: usize, bad: Option<BuildFate>, words: &Words<'_>) -> Vec<Text> {
    let trouble = match bad {
        Some(BuildFate::Bad(trouble)) => Some(trouble),
        _ => None,
    };
    match phase {
        4 => install(trade, trouble),
        5 => vec![
            run("echo Building commit $CODEBUILD_RESOLVED_SOURCE_VERSION"),
            said(format!("Building commit {}", words.commit)),
            run("aws sts get-caller-identity --query Account"),
        ],
        6 => match trade {
            Trade::Smoke => smoke(trouble, words),
            Trade::Node => node(trouble, words),
            Trade::Gradle => gradle(trouble, words),
            Trade::Python => python(trouble, words),
            Trade::Templates => templates(trouble),
        },
        7 => vec![run("echo Build finished at $(date -u)"), said(format!("{} finished", words.project))],
        _ => Vec::new(),
    }
}

fn run(command: &str) -> Text {
    Text::Agent(format!("Running command {command}"))
}

fn said(words: impl Into<String>) -> Text {
    Text::Output(words.into())
}

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const OFF: &str = "\u{1b}[39m";

fn install(trade: Trade, trouble: Option<Trouble>) -> Vec<Text> {
    let bad = trouble == Some(Trouble::Dependency);
    match (trade, bad) {
        (Trade::Gradle, false) => vec![run("./gradlew --version"), said("Gradle 8.14"), said("Kotlin:        2.2.0")],
        (Trade::Gradle, true) => vec![
            run("./gradlew dependencies"),
            said("FAILURE: Build failed with an exception."),
            said("> Could not resolve com.example:shop-events:4.2.0."),
            said(
                "   > Could not GET 'https://maven.example.com/com/example/shop-events/4.2.0/shop-events-4.2.0.pom'. Received status code 503 from server",
            ),
            said("BUILD FAILED in 38s"),
        ],
        (Trade::Python, false) => vec![
            run("pip install -r requirements.txt"),
            said("Collecting boto3==1.41.2"),
            said("Successfully installed boto3-1.41.2 pytest-9.0.1"),
        ],
        (Trade::Python, true) => vec![
            run("pip install -r requirements.txt"),
            said(
                "ERROR: Could not find a version that satisfies the requirement shop-events==4.2.0 (from versions: 4.0.0, 4.1.3)",
            ),
            said("ERROR: No matching distribution found for shop-events==4.2.0"),
        ],
        (Trade::Templates, _) => vec![run("pip install cfn-lint"), said("Successfully installed cfn-lint-1.41.0")],
        (_, false) => vec![
            run("npm ci"),
            said("npm warn deprecated inflight@1.0.6: This module is not supported"),
            said("added 1184 packages, and audited 1185 packages in 21s"),
            said("found 0 vulnerabilities"),
        ],
        (_, true) => vec![
            run("npm ci"),
            said("npm error code ETARGET"),
            said("npm error notarget No matching version found for @shop/events@^4.2.0."),
            said(
                "npm error notarget In most cases you or one of your dependencies are requesting a package version that doesn't exist.",
            ),
        ],
    }
}

const MODULES: [&str; 12] = [
    "cart",
    "coupon",
    "price",
    "tax",
    "shipping",
    "payment",
    "retry",
    "inventory",
    "search",
    "session",
    "locale",
    "currency",
];

fn node(trouble: Option<Trouble>, words: &Words<'_>) -> Vec<Text> {
    let mut out = vec![run("npm run build"), said("> tsc -p tsconfig.build.json && vite build")];
    if trouble == Some(Trouble::Compile) {
        out.extend([
            said("src/retry/backoff.ts(41,18): error TS2345: Argument of type 'number | undefined' is not assignable to parameter of type 'number'."),
            said("src/retry/policy.ts(12,9): error TS2741: Property 'maxDelayMs' is missing in type '{ baseMs: number; }' but required in type 'BackoffOptions'."),
            said("Found 2 errors in 2 files."),
        ]);
        return out;
    }
    for n in 0..60_u64 {
        let size = 2 + noise::mix(words.draw, n) % 190;
        let module = MODULES[n as usize % MODULES.len()];
        out.push(said(format!(
            "dist/assets/{module}-{}.js   {size}.{} kB",
            noise::hex(noise::mix(words.draw, n), 8),
            size % 10
        )));
    }
    out.push(run("npm test"));
    for n in 0..120_u64 {
        let module = MODULES[noise::mix(words.draw, n + 200) as usize % MODULES.len()];
        out.push(said(format!("{GREEN}PASS{OFF} src/{module}/{module}-{n}.test.ts")));
    }
    if trouble.is_some() {
        out.extend([
            said(format!("{RED}FAIL{OFF} src/retry/backoff.test.ts")),
            said("  ● backoff › doubles the wait after each attempt"),
            said("    expect(received).toEqual(expected) // deep equality"),
            said("    Expected: [200, 400, 800, 1600]"),
            said("    Received: [200, 400, 800, 800]"),
            said("      at Object.<anonymous> (src/retry/backoff.test.ts:27:22)"),
            said("Test Suites: 1 failed, 120 passed, 121 total"),
            said("Tests:       1 failed, 902 passed, 903 total"),
        ]);
    } else {
        out.extend([said("Test Suites: 120 passed, 120 total"), said("Tests:       903 passed, 903 total")]);
    }
    out
}

fn gradle(trouble: Option<Trouble>, words: &Words<'_>) -> Vec<Text> {
    let mut out = vec![run("./gradlew compileKotlin"), said("> Task :compileKotlin")];
    if trouble == Some(Trouble::Compile) {
        out.extend([
            said("e: file:///codebuild/output/src/src/main/kotlin/com/example/shop/Pricing.kt:88:23 Unresolved reference 'roundHalfEven'."),
            said("FAILURE: Build failed with an exception."),
            said("* What went wrong:"),
            said("Execution failed for task ':compileKotlin'."),
            said("BUILD FAILED in 1m 4s"),
        ]);
        return out;
    }
    out.push(run("./gradlew test"));
    for n in 0..140_u64 {
        let module = MODULES[noise::mix(words.draw, n) as usize % MODULES.len()];
        out.push(said(format!("com.example.shop.{module}.Test{n} > works() PASSED")));
    }
    if trouble.is_some() {
        out.extend([
            said("com.example.shop.price.RoundingTest > rounds half even for KRW() FAILED"),
            said("    org.opentest4j.AssertionFailedError: expected: <1250> but was: <1251>"),
            said("        at com.example.shop.price.RoundingTest.rounds half even for KRW(RoundingTest.kt:31)"),
            said("141 tests completed, 1 failed"),
            said("BUILD FAILED in 2m 11s"),
        ]);
    } else {
        out.push(said("BUILD SUCCESSFUL in 2m 26s"));
    }
    out
}

fn python(trouble: Option<Trouble>, words: &Words<'_>) -> Vec<Text> {
    let mut out = vec![run("pytest -q")];
    for n in 0..70_u64 {
        let module = MODULES[noise::mix(words.draw, n) as usize % MODULES.len()];
        out.push(said(format!("tests/test_{module}_{n}.py ........ [{:>3}%]", (n + 1) * 100 / 70)));
    }
    if trouble.is_some() {
        out.extend([
            said("=================================== FAILURES ==================================="),
            said("__________________________ test_retry_waits_longer _____________________________"),
            said(">       assert waits == sorted(set(waits))"),
            said("E       AssertionError: assert [1, 2, 4, 4] == [1, 2, 4]"),
            said("tests/test_retry.py:44: AssertionError"),
            said("1 failed, 559 passed in 48.20s"),
        ]);
    } else {
        out.push(said("560 passed in 47.91s"));
    }
    out
}

fn templates(trouble: Option<Trouble>) -> Vec<Text> {
    let mut out = vec![run("cfn-lint template.yaml")];
    if trouble.is_some() {
        out.extend([
            said("E3012 Property Resources/NatGatewayC/Properties/SubnetId should be of type string"),
            said("template.yaml:214:7"),
        ]);
    } else {
        out.extend([
            run("aws cloudformation package --template-file template.yaml"),
            said("Successfully packaged artifacts and wrote output template to file packaged.yaml."),
        ]);
    }
    out
}

fn smoke(trouble: Option<Trouble>, words: &Words<'_>) -> Vec<Text> {
    let mut out = vec![run("npm run smoke"), said("> smoke"), said("> jest --config smoke.config.ts --runInBand")];
    let calls = [
        "GET  /healthz",
        "GET  /v1/products",
        "GET  /v1/products/{id}",
        "POST /v1/carts",
        "GET  /v1/carts/{id}",
        "PUT  /v1/carts/{id}/items",
    ];
    for (n, call) in calls.iter().enumerate() {
        let millis = 9 + noise::mix(words.draw, n as u64) % 60;
        let status = if call.starts_with("POST") { 201 } else { 200 };
        out.push(said(format!("{GREEN}PASS{OFF} {call:<28} {status} · {millis} ms")));
    }
    if trouble.is_some() {
        out.extend([
            said(format!("{RED}FAIL{OFF} POST /v1/carts/{{id}}/coupon")),
            said("       expected 200, received 500"),
            said("       column \"coupon_id\" does not exist"),
            said("         at checkout.smoke.ts:88:14"),
            said("Tests:       1 failed, 11 passed, 12 total"),
        ]);
    } else {
        out.push(said("Tests:       12 passed, 12 total"));
    }
    out
}
