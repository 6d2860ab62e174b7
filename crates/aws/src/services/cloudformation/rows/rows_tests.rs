//! Stacks as CloudFormation answers them, with canaries where it hides nothing.

use aws_sdk_cloudformation::types::{Output, Parameter, Stack, StackDriftInformation, StackDriftStatus, StackStatus};
use aws_smithy_types::DateTime;
use skydeck_domain::{
    Health,
    stack::{StackDetail, TemplateFacts},
};

use super::stack::Read;

const ARN: &str = "arn:aws:cloudformation:eu-west-1:111122223333:stack/web/0a1b";

fn stack(status: StackStatus) -> Stack {
    let parameter = |key: &str, value: &str| Parameter::builder().parameter_key(key).parameter_value(value).build();
    let output = |key: &str, value: &str| Output::builder().output_key(key).output_value(value).build();
    Stack::builder()
        .stack_id(ARN)
        .stack_name("web")
        .stack_status(status)
        .creation_time(DateTime::from_secs(1_800_000_000))
        .parameters(parameter("Size", "small"))
        .parameters(parameter("Password", "****"))
        .outputs(output("Url", "https://shop.example.com"))
        .outputs(output("Login", "admin:CANARY-1"))
        .build()
}

fn template(read_for: String) -> TemplateFacts {
    TemplateFacts {
        digest: "d".into(),
        size: 10,
        resources: Some(3),
        hidden_parameters: vec!["Password".into()],
        hidden_outputs: vec!["Login".into()],
        defect: None,
        read_for,
    }
}

#[test]
fn hidden_parameters_and_what_repeats_them_are_not_kept() {
    let mut read = Read::of(&stack(StackStatus::CreateComplete), None).expect("a stack");
    assert_eq!(read.detail.outputs, None, "not before the template is read");
    assert!(read.detail.parameters.iter().all(|p| p.value.is_none()), "nor what AWS might not have hidden");
    read.take_template(template(read.state()), None);
    assert_eq!(read.detail.parameters[0].value.as_deref(), Some("small"));
    assert_eq!((read.detail.parameters[1].hidden, &read.detail.parameters[1].value), (true, &None));
    let outputs = read.detail.outputs.clone().expect("the template was read");
    assert_eq!(outputs[0].value.as_deref(), Some("https://shop.example.com"));
    assert!(outputs[1].hidden && outputs[1].value.is_none());

    let again = Read::of(&stack(StackStatus::CreateComplete), Some(read.detail.clone())).expect("a stack");
    assert_eq!(again.detail, read.detail, "what has not moved is as it was");
    let moved = Read::of(&stack(StackStatus::UpdateInProgress), Some(read.detail)).expect("a stack");
    assert_eq!(moved.detail.outputs, None, "the template may be another one");
}

#[test]
fn health_is_by_status_and_drift_is_off_its_course() {
    let health = |stack: &Stack| {
        let read = Read::of(stack, None).expect("a stack");
        let (health, reason) = read.judge();
        assert_eq!(reason.is_some(), health != Health::Ok);
        health
    };
    assert_eq!(health(&stack(StackStatus::UpdateComplete)), Health::Ok);
    assert_eq!(health(&stack(StackStatus::UpdateRollbackComplete)), Health::Failed);
    let mut drifted = stack(StackStatus::UpdateComplete);
    drifted.drift_information =
        Some(StackDriftInformation::builder().stack_drift_status(StackDriftStatus::Drifted).build());
    assert_eq!(health(&drifted), Health::Attention);
    let detail: StackDetail = Read::of(&drifted, None).expect("a stack").detail;
    assert_eq!(detail.drift, "DRIFTED");
}
