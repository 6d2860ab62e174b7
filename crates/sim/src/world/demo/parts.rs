//! What the demo's pipelines are made of.

use super::cast::{ACCOUNTS, ServiceIs};
use crate::world::{
    World,
    project::Trade,
    provider::Provider,
    structure::{ActionDef, StageDef, Structure, VariableDef},
    time::{DAY, MINUTE, Ms, SECOND},
};

/// Its CodeBuild projects: `<name>-build`, `<name>-test`, `<name>-smoke`.
pub(super) fn add_projects(world: &mut World, place: u32, service: &ServiceIs, line: u32, begin: Ms) {
    let created = begin - 300 * DAY;
    let build = match service.trade {
        Trade::Gradle => 210 * SECOND,
        Trade::Templates => 55 * SECOND,
        Trade::Python => 110 * SECOND,
        _ => 150 * SECOND,
    };
    world.add_project(place, &format!("{}-build", service.name), service.trade, line, build, created);
    if tested(service) {
        let place = match tested_in(service) {
            Some(account) => world.place_or_new(account, service.region),
            None => place,
        };
        world.add_project(place, &format!("{}-test", service.name), service.trade, line, 80 * SECOND, created);
    }
    world.add_project(place, &format!("{}-smoke", service.name), Trade::Smoke, line, 40 * SECOND, created);
}

fn tested(service: &ServiceIs) -> bool {
    !matches!(service.trade, Trade::Templates) && service.source != Provider::Ecr
}

/// The account in which its tests run, where that is not the pipeline's: the pictures to resize are there.
fn tested_in(service: &ServiceIs) -> Option<&'static str> {
    (service.name == "image-resizer").then_some(ACCOUNTS[1].0)
}

/// Its structure in that account.
pub(super) fn structure(service: &ServiceIs, account: usize) -> Structure {
    structure_with(service, account, !smoke_came_late(service))
}

/// Its structure after the smoke test came, where that was within the history.
pub(super) fn later_structure(service: &ServiceIs, account: usize) -> Option<Structure> {
    smoke_came_late(service).then(|| structure_with(service, account, true))
}

fn smoke_came_late(service: &ServiceIs) -> bool {
    matches!(service.name, "checkout-api" | "catalog-api")
}

fn structure_with(service: &ServiceIs, account: usize, smoke: bool) -> Structure {
    let action = ActionDef::new;
    let source = match service.source {
        Provider::Ecr => "Image",
        _ => "Source",
    };
    let mut stages = vec![StageDef::new("Source").then(action(source, service.source, "{}", 4 * SECOND))];
    let mut build = StageDef::new("Build").then(action("Build", Provider::CodeBuild, "{}-build", 0).flaky(8));
    if tested(service) {
        let test = action("UnitTest", Provider::CodeBuild, "{}-test", 0).as_test().flaky(10);
        build = build.beside(match tested_in(service) {
            Some(account) => test.in_account(account),
            None => test,
        });
    }
    stages.push(build);
    if service.name == "admin-console" {
        stages.push(
            StageDef::new("Test")
                .then(action("BrowserTest", Provider::Jenkins, "{}-e2e", 95 * SECOND).as_test().flaky(20)),
        );
    }
    if account == 2 || service.name == "orders-migrations" {
        stages.push(StageDef::new("Approve").then(action("ApproveRelease", Provider::Approval, "{}", 0)));
    }
    let median = match service.deploy {
        Provider::CloudFormation if service.name == "network-baseline" => 9 * MINUTE,
        Provider::CloudFormation if service.trade == Trade::Templates => 3 * MINUTE,
        Provider::CloudFormation => 100 * SECOND,
        Provider::CodeDeployToEcs => 4 * MINUTE,
        Provider::CodeDeploy => 140 * SECOND,
        _ => 110 * SECOND,
    };
    let mut deploy = StageDef::new("Deploy").then(action("Deploy", service.deploy, "{}", median).flaky(12));
    if smoke {
        deploy = deploy.then(action("SmokeTest", Provider::CodeBuild, "{}-smoke", 0).as_test().flaky(8));
    }
    stages.push(deploy);
    if account == 2 && service.deploy == Provider::Ecs {
        stages.push(StageDef::new("Verify").then(action("WarmCaches", Provider::Lambda, "{}-warm", 12 * SECOND)));
    }
    Structure {
        stages,
        variables: vec![
            VariableDef {
                name: "LOG_LEVEL".to_owned(),
                default: Some("info".to_owned()),
                description: "What the service logs".to_owned(),
            },
            VariableDef {
                name: "API_TOKEN".to_owned(),
                default: Some(format!("CANARY-variable-{}", service.name)),
                description: "Token of the release notes".to_owned(),
            },
        ],
        push_branches: if account == 0 { vec!["main".to_owned()] } else { Vec::new() },
    }
}
