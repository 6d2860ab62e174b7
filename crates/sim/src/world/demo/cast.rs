//! Who plays in the demo: accounts, services, people (their names say that they are examples) and what commits say.

use std::collections::BTreeMap;

use crate::world::{
    deck::Deck,
    line::Author,
    pipeline::Mode,
    project::Trade,
    provider::Provider,
    time::{MINUTE, Ms},
};

/// Account id, name, environment.
pub(super) const ACCOUNTS: [(&str, &str, &str); 3] = [
    ("111122223333", "shop-dev", "dev"),
    ("444455556666", "shop-stg", "staging"),
    ("777788889999", "shop-prod", "prod"),
];

/// Name, mail. The Korean surnames go with the words for demo, example, demonstration, specimen and sample.
const AUTHORS: [(&str, &str); 9] = [
    ("김데모", "demo.kim@example.com"),
    ("박예제", "example.park@example.com"),
    ("이시연", "demo.lee@example.com"),
    ("최견본", "sample.choi@example.com"),
    ("정표본", "sample.jung@example.com"),
    ("Tom Demo", "tom.demo@example.com"),
    ("Ana Sample", "ana.sample@example.com"),
    ("Maya Example", "maya.example@example.com"),
    ("renovate[bot]", "renovate@example.com"),
];

/// The author of that number.
pub(super) fn author(n: usize) -> Author {
    let (name, email) = AUTHORS[n % AUTHORS.len()];
    Author { name: name.to_owned(), email: email.to_owned() }
}

/// A service and its pipelines.
#[derive(Debug)]
pub(super) struct ServiceIs {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) team: &'static str,
    pub(super) region: &'static str,
    /// Accounts it is deployed to, in order of promotion.
    pub(super) accounts: &'static [usize],
    pub(super) source: Provider,
    pub(super) deploy: Provider,
    pub(super) trade: Trade,
    pub(super) mode: Mode,
    /// Median between commits while one watches; zero for services whose scene is not to be disturbed.
    pub(super) pace: Ms,
}

const SEOUL: &str = "ap-northeast-2";
const IRELAND: &str = "eu-west-1";
const ALL: &[usize] = &[0, 1, 2];
const DEV: &[usize] = &[0];
const STG_PROD: &[usize] = &[1, 2];
const DEV_STG: &[usize] = &[0, 1];
const DEV_PROD: &[usize] = &[0, 2];

/// The shop.
#[rustfmt::skip]
pub(super) const SERVICES: &[ServiceIs] = &[
    ServiceIs { name: "checkout-api", about: "Carts, coupons, orders", team: "checkout", region: SEOUL, accounts: ALL, source: Provider::Connection, deploy: Provider::Ecs, trade: Trade::Node, mode: Mode::Superseded, pace: 0 },
    ServiceIs { name: "payments-worker", about: "Retries and settles payments", team: "payments", region: SEOUL, accounts: ALL, source: Provider::CodeCommit, deploy: Provider::Ecs, trade: Trade::Node, mode: Mode::Superseded, pace: 0 },
    ServiceIs { name: "web-storefront", about: "The shop's pages", team: "storefront", region: SEOUL, accounts: ALL, source: Provider::Connection, deploy: Provider::CloudFormation, trade: Trade::Node, mode: Mode::Superseded, pace: 0 },
    ServiceIs { name: "catalog-api", about: "Products and categories", team: "catalog", region: SEOUL, accounts: ALL, source: Provider::Connection, deploy: Provider::Ecs, trade: Trade::Gradle, mode: Mode::Superseded, pace: 9 * MINUTE },
    ServiceIs { name: "pricing-engine", about: "Prices, taxes, roundings", team: "catalog", region: IRELAND, accounts: STG_PROD, source: Provider::Ecr, deploy: Provider::CodeDeployToEcs, trade: Trade::Gradle, mode: Mode::Superseded, pace: 0 },
    ServiceIs { name: "inventory-sync", about: "Stock from the warehouses", team: "catalog", region: SEOUL, accounts: STG_PROD, source: Provider::CodeCommit, deploy: Provider::CodeDeploy, trade: Trade::Python, mode: Mode::Queued, pace: 11 * MINUTE },
    ServiceIs { name: "identity-service", about: "Sign-in and tokens", team: "platform", region: SEOUL, accounts: STG_PROD, source: Provider::Connection, deploy: Provider::CodeDeployToEcs, trade: Trade::Gradle, mode: Mode::Superseded, pace: 0 },
    ServiceIs { name: "search-indexer", about: "Feeds the search", team: "catalog", region: SEOUL, accounts: DEV, source: Provider::S3, deploy: Provider::Ecs, trade: Trade::Python, mode: Mode::Superseded, pace: 12 * MINUTE },
    ServiceIs { name: "orders-migrations", about: "Schema of orders-db", team: "checkout", region: SEOUL, accounts: STG_PROD, source: Provider::CodeCommit, deploy: Provider::CloudFormation, trade: Trade::Templates, mode: Mode::Queued, pace: 0 },
    ServiceIs { name: "image-resizer", about: "Thumbnails", team: "storefront", region: IRELAND, accounts: DEV, source: Provider::GitHub, deploy: Provider::Ecs, trade: Trade::Node, mode: Mode::Superseded, pace: 0 },
    ServiceIs { name: "mobile-bff", about: "What the apps call", team: "mobile", region: SEOUL, accounts: DEV_STG, source: Provider::Connection, deploy: Provider::Ecs, trade: Trade::Node, mode: Mode::Parallel, pace: 8 * MINUTE },
    ServiceIs { name: "notifications", about: "Mail, push, 알림톡", team: "mobile", region: SEOUL, accounts: DEV_PROD, source: Provider::Connection, deploy: Provider::Ecs, trade: Trade::Python, mode: Mode::Superseded, pace: 10 * MINUTE },
    ServiceIs { name: "admin-console", about: "The back office", team: "storefront", region: IRELAND, accounts: DEV, source: Provider::GitHub, deploy: Provider::CloudFormation, trade: Trade::Node, mode: Mode::Superseded, pace: 13 * MINUTE },
    ServiceIs { name: "network-baseline", about: "VPCs, subnets, gateways", team: "platform", region: IRELAND, accounts: STG_PROD, source: Provider::CodeCommit, deploy: Provider::CloudFormation, trade: Trade::Templates, mode: Mode::Queued, pace: 0 },
];

const COMMON: [&str; 14] = [
    "Bump vite from 7.1 to 7.2",
    "Update base image",
    "의존성 업데이트",
    "Log the request id everywhere",
    "테스트 안정화: 시간대 고정",
    "Raise memory to 1024 MiB",
    "로그에 주문 번호 추가",
    "Refactor configuration loading\n\nNo change of behaviour.",
    "Add a metric for queue depth",
    "상태 확인 경로에 버전 표시",
    "Remove the old feature flag",
    "Fix flaky test",
    "문서 오타 수정",
    "Time out calls after 3 s",
];

const OWN: &[(&str, &[&str])] = &[
    (
        "checkout-api",
        &[
            "상품 상세 캐시 키에 통화 추가",
            "Retry the inventory call twice",
            "장바구니 만료를 30일로 연장",
            "Read coupon_id from the cart item (#1279)",
            "결제 단계로 쿠폰 입력 이동",
        ],
    ),
    (
        "payments-worker",
        &["Settle refunds at midnight", "결제 실패 사유를 원장에 기록", "Use idempotency keys for captures"],
    ),
    ("web-storefront", &["장바구니 아이콘 정렬", "Preload the hero image", "상품 목록에 무한 스크롤 적용"]),
    (
        "catalog-api",
        &[
            "Cache category tree for 60 s",
            "카테고리 정렬 기준 추가",
            "Return 404 for hidden products",
            "상품명 검색에 초성 지원",
        ],
    ),
    ("pricing-engine", &["Round half even for KRW", "할인 우선순위 규칙 정리", "Cache exchange rates for an hour"]),
    (
        "inventory-sync",
        &["fix: 재고가 음수가 되는 경우 방지", "Read the warehouse feed in pages", "재고 차이를 알림으로 전송"],
    ),
    ("identity-service", &["Rotate signing keys weekly", "로그인 실패 횟수 제한", "Accept passkeys"]),
    ("search-indexer", &["상품명 초성 검색 색인 추가", "Rebuild the index in the background", "색인 크기 지표 추가"]),
    ("orders-migrations", &["0041: index on orders.created_at", "0040: 배송 메모 컬럼 추가"]),
    ("image-resizer", &["Write AVIF beside WebP", "썸네일 크기 320px 추가"]),
    ("mobile-bff", &["Return price in minor units", "앱 버전별 응답 분기 제거", "Compress answers with brotli"]),
    ("notifications", &["알림톡 템플릿 v3 적용", "Batch push messages by 500", "야간 발송 제한"]),
    ("admin-console", &["주문 취소 사유 선택 추가", "Show refunds in the order view"]),
    ("network-baseline", &["Tag subnets for the load balancer", "VPC 흐름 로그 보존 기간 30일"]),
];

/// Messages and authors.
pub(super) fn deck() -> Deck {
    Deck {
        authors: (0..AUTHORS.len()).map(author).collect(),
        common: COMMON.iter().map(|m| (*m).to_owned()).collect(),
        own: OWN
            .iter()
            .map(|(name, messages)| ((*name).to_owned(), messages.iter().map(|m| (*m).to_owned()).collect()))
            .collect::<BTreeMap<_, _>>(),
    }
}
