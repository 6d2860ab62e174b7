//! Reading CodeCommit: repositories, and the commits that pipelines shipped.

use skydeck_aws::service::Ask;
use skydeck_domain::repository::RepositoryDetail;
use skydeck_sim::{Fault, Faults};

use crate::ground::Ground;

const REPOSITORY: &str = "codecommit.repository";

#[tokio::test]
async fn shipped_commits_bring_their_author() {
    let ground = Ground::demo();
    let stg = ground.scope("shop-stg", "ap-northeast-2").await;
    stg.read_all("codepipeline").await;
    let calls = stg.read_all("codecommit").await;
    assert_eq!(calls.iter().filter(|c| *c == "ListRepositories").count(), 1);
    let names: Vec<String> = stg.shelf.rows(REPOSITORY).into_iter().map(|row| row.name).collect();
    let name = names.iter().find(|name| name.ends_with("payments-worker")).expect("it has its repository here");
    let repository: RepositoryDetail = stg.shelf.detail(name);
    let commit = &repository.commits[0];
    assert_eq!(commit.message, "결제 재시도 간격을 지수 백오프로 변경");
    assert!(!commit.author.is_empty() && !commit.author.contains('@'));
    assert!(repository.commits.is_sorted_by_key(|c| std::cmp::Reverse(c.at)));
    assert!(repository.commits.len() <= 50);
}

#[tokio::test]
async fn what_is_known_is_not_asked_for_again() {
    let ground = Ground::demo();
    let stg = ground.scope("shop-stg", "ap-northeast-2").await;
    stg.read_all("codepipeline").await;
    stg.read_all("codecommit").await;
    let before = stg.shelf.rows(REPOSITORY);
    let (result, calls) = stg.read("codecommit", Ask::Changes).await;
    result.expect("it is read");
    assert_eq!(calls, [] as [&str; 0]);
    assert_eq!(stg.shelf.rows(REPOSITORY), before);
}

#[tokio::test]
async fn commits_that_are_denied_leave_the_repositories() {
    let ground = Ground::demo();
    let stg = ground.scope("shop-stg", "ap-northeast-2").await;
    stg.read_all("codepipeline").await;
    ground.sim.set_faults(Some(Faults::on("BatchGetCommits", Fault::AccessDenied)));
    stg.read("codecommit", Ask::All).await.0.expect("the rest is read");
    assert!(!stg.shelf.rows(REPOSITORY).is_empty());
    assert!(!stg.shelf.kept().problems.is_empty());
    let before = stg.shelf.rows(REPOSITORY).len();
    ground.sim.set_faults(Some(Faults::on("ListRepositories", Fault::Http503)));
    stg.read("codecommit", Ask::All).await.0.expect_err("it fails");
    assert_eq!(stg.shelf.rows(REPOSITORY).len(), before);
}

#[tokio::test]
async fn who_wrote_a_commit_is_said_where_it_was_shipped() {
    let ground = Ground::demo();
    let stg = ground.scope("shop-stg", "ap-northeast-2").await;
    stg.read_all("codepipeline").await;
    let author = |stg: &crate::ground::Scope<'_>| {
        let pipeline: skydeck_domain::pipeline::PipelineDetail = stg.shelf.detail("payments-worker");
        let shown = pipeline.execution.unwrap();
        let row: skydeck_domain::pipeline::ExecutionDetail = stg.shelf.detail(&shown.execution_id);
        assert_eq!(row.revisions, shown.revisions);
        shown.revisions[0].author.clone()
    };
    assert_eq!(author(&stg), None, "CodePipeline does not tell");
    stg.read_all("codecommit").await;
    let repository = stg.shelf.rows(REPOSITORY).into_iter().find(|row| row.name.ends_with("payments-worker")).unwrap();
    let told = repository.detail::<RepositoryDetail>().unwrap().commits[0].author.clone();
    stg.read("codepipeline", Ask::Items(vec!["payments-worker".into()])).await.0.expect("it is read");
    assert_eq!(author(&stg), Some(told));
    stg.read_all("codepipeline").await;
    let unsigned = stg.shelf.rows("codepipeline.execution").into_iter().filter(|row| {
        let e: skydeck_domain::pipeline::ExecutionDetail = row.detail().unwrap();
        e.pipeline == "payments-worker" && e.revisions.iter().any(|r| r.author.is_none())
    });
    assert_eq!(unsigned.count(), 0, "older ones too");
}
