//! What kinds of resources are like: how long they take, what their ids look like, which of their properties cannot change
//! in place (from "Update requires" in the template reference of each type), whether drift is detected on them.

use serde_json::Value;

use crate::world::{
    noise,
    time::{Ms, SECOND},
};

/// How long it usually takes to make one of that kind; changing and deleting one take part of it.
pub fn duration(kind: &str) -> Ms {
    SECOND
        * match kind {
            "AWS::CDK::Metadata" | "AWS::SSM::Parameter" | "AWS::Logs::LogGroup" | "AWS::Lambda::Permission" => 2,
            "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" | "AWS::OpenSearchService::Domain" => 410,
            "AWS::ElastiCache::ReplicationGroup" | "AWS::CloudFront::Distribution" => 280,
            "AWS::EC2::NatGateway" | "AWS::ElasticLoadBalancingV2::LoadBalancer" => 105,
            "AWS::ECS::Service" => 95,
            "AWS::CloudFormation::Stack" => 120,
            "AWS::IAM::Role" | "AWS::EC2::InternetGateway" | "AWS::EC2::EIP" | "AWS::IAM::ManagedPolicy" => 17,
            "AWS::DynamoDB::Table" | "AWS::S3::Bucket" | "AWS::KMS::Key" => 22,
            _ => 9,
        }
}

/// What an id is made of, by kind: a prefix and hexadecimal digits, or the stack's name, the logical id and letters.
pub fn physical_id(kind: &str, stack: &str, logical: &str, account: &str, region: &str, draw: u64) -> String {
    let hex = |prefix: &str| format!("{prefix}-0{}", noise::hex(draw, 16));
    let named = |most: usize| {
        let name: String = format!("{stack}-{logical}").chars().take(most - 13).collect();
        format!("{name}-{}", noise::base32(draw, 12))
    };
    match kind {
        "AWS::EC2::VPC" => hex("vpc"),
        "AWS::EC2::Subnet" => hex("subnet"),
        "AWS::EC2::SecurityGroup" => hex("sg"),
        "AWS::EC2::InternetGateway" => hex("igw"),
        "AWS::EC2::NatGateway" => hex("nat"),
        "AWS::EC2::RouteTable" => hex("rtb"),
        "AWS::EC2::FlowLog" => hex("fl"),
        "AWS::EC2::Instance" => hex("i"),
        "AWS::EC2::VPCEndpoint" => hex("vpce"),
        "AWS::EC2::Route" => format!("{}|0.0.0.0/0", hex("rtb")),
        "AWS::EC2::EIP" => format!("{}.{}.{}.{}", 203, 0, 113, draw % 254 + 1),
        "AWS::KMS::Key" => crate::world::id::Uuid::draw(draw, 0).to_string(),
        "AWS::S3::Bucket" => named(63).to_lowercase(),
        "AWS::SNS::Topic" => format!("arn:aws:sns:{region}:{account}:{}", named(80)),
        "AWS::SQS::Queue" => format!("https://sqs.{region}.amazonaws.com/{account}/{}", named(80)),
        "AWS::ECS::Service" => format!("arn:aws:ecs:{region}:{account}:service/shop/{}", named(60)),
        "AWS::ECS::TaskDefinition" => {
            format!("arn:aws:ecs:{region}:{account}:task-definition/{stack}{logical}:{}", 1 + draw % 400)
        }
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
            let name: String = format!("{stack}-{logical}").chars().take(20).collect();
            format!("arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{}", noise::hex(draw, 16))
        }
        "AWS::IAM::ManagedPolicy" => format!("arn:aws:iam::{account}:policy/{}", named(64)),
        "AWS::CDK::Metadata" => noise::hex(draw, 8) + "-0000-4000-8000-000000000000",
        "AWS::SSM::Parameter" => format!("CFN-{logical}-{}", noise::base32(draw, 12)),
        _ => named(64),
    }
}

/// The property by which somebody names a resource of that kind; its value then is the physical id.
pub fn name_property(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "AWS::S3::Bucket" => "BucketName",
        "AWS::DynamoDB::Table" => "TableName",
        "AWS::Lambda::Function" => "FunctionName",
        "AWS::Logs::LogGroup" => "LogGroupName",
        "AWS::SSM::Parameter" => "Name",
        "AWS::ECR::Repository" => "RepositoryName",
        "AWS::CloudWatch::Alarm" => "AlarmName",
        "AWS::ECS::Cluster" => "ClusterName",
        _ => return iam_name(kind),
    })
}

/// Kinds that need a capability (CreateChangeSet's documentation).
pub fn is_iam(kind: &str) -> bool {
    matches!(
        kind,
        "AWS::IAM::AccessKey"
            | "AWS::IAM::Group"
            | "AWS::IAM::InstanceProfile"
            | "AWS::IAM::ManagedPolicy"
            | "AWS::IAM::Policy"
            | "AWS::IAM::Role"
            | "AWS::IAM::User"
            | "AWS::IAM::UserToGroupAddition"
    )
}

/// The property that makes it a named one, of kinds for which that needs more.
pub fn iam_name(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "AWS::IAM::Role" => "RoleName",
        "AWS::IAM::User" => "UserName",
        "AWS::IAM::Group" => "GroupName",
        "AWS::IAM::ManagedPolicy" => "ManagedPolicyName",
        "AWS::IAM::InstanceProfile" => "InstanceProfileName",
        _ => return None,
    })
}

/// AWS's word for whether a change of that property makes a new resource.
pub fn recreation(kind: &str, property: &str) -> &'static str {
    let always: &[&str] = match kind {
        "AWS::EC2::VPC" => &["CidrBlock"],
        "AWS::EC2::Subnet" => &["AvailabilityZone", "CidrBlock", "VpcId"],
        "AWS::EC2::SecurityGroup" => &["GroupDescription", "GroupName", "VpcId"],
        "AWS::EC2::NatGateway" => &["AllocationId", "ConnectivityType", "SubnetId"],
        "AWS::EC2::EIP" => &["Domain", "NetworkBorderGroup"],
        "AWS::EC2::FlowLog" => &[
            "LogDestination",
            "LogDestinationType",
            "MaxAggregationInterval",
            "ResourceId",
            "ResourceType",
            "TrafficType",
        ],
        "AWS::EC2::Route" => &["DestinationCidrBlock", "RouteTableId"],
        "AWS::EC2::RouteTable" => &["VpcId"],
        "AWS::DynamoDB::Table" => &["KeySchema", "TableName", "LocalSecondaryIndexes"],
        "AWS::RDS::DBInstance" => &["DBInstanceIdentifier", "MasterUsername", "DBSubnetGroupName", "StorageEncrypted"],
        "AWS::ECS::TaskDefinition" => {
            &["ContainerDefinitions", "Cpu", "Memory", "Family", "TaskRoleArn", "ExecutionRoleArn"]
        }
        "AWS::ECS::Service" => &["Cluster", "ServiceName", "LaunchType"],
        "AWS::SQS::Queue" => &["FifoQueue", "QueueName"],
        "AWS::SNS::Topic" => &["FifoTopic", "TopicName"],
        "AWS::SNS::Subscription" => &["Endpoint", "Protocol", "TopicArn"],
        "AWS::Lambda::Permission" => &["Action", "FunctionName", "Principal", "SourceArn"],
        "AWS::SSM::Parameter" => &["Name"],
        _ => &[],
    };
    let conditional: &[&str] = match kind {
        "AWS::RDS::DBInstance" => &["Engine", "AvailabilityZone", "DBParameterGroupName"],
        "AWS::EC2::Instance" => &["InstanceType", "UserData", "EbsOptimized"],
        _ => &[],
    };
    match () {
        () if always.contains(&property) || name_property(kind) == Some(property) => "Always",
        () if conditional.contains(&property) => "Conditionally",
        () => "Never",
    }
}

/// Whether drift is detected on that kind.
pub fn detects_drift(kind: &str) -> bool {
    kind.starts_with("AWS::")
        && !kind.starts_with("AWS::CDK::")
        && !matches!(
            kind,
            "AWS::CloudFormation::Stack" | "AWS::CloudFormation::WaitConditionHandle" | "AWS::ECS::TaskDefinition"
        )
}

/// An attribute of a resource, as `Fn::GetAtt` gives it.
pub fn attribute(kind: &str, attribute: &str, physical: &str, account: &str, region: &str) -> Value {
    let service = kind.split("::").nth(1).unwrap_or_default().to_lowercase();
    let text = match attribute {
        _ if attribute.ends_with("Arn") && physical.starts_with("arn:") => physical.to_owned(),
        _ if attribute.ends_with("Arn") => match kind {
            "AWS::IAM::Role" => format!("arn:aws:iam::{account}:role/{physical}"),
            "AWS::S3::Bucket" => format!("arn:aws:s3:::{physical}"),
            "AWS::Lambda::Function" => format!("arn:aws:lambda:{region}:{account}:function:{physical}"),
            "AWS::DynamoDB::Table" => format!("arn:aws:dynamodb:{region}:{account}:table/{physical}"),
            "AWS::KMS::Key" => format!("arn:aws:kms:{region}:{account}:key/{physical}"),
            "AWS::Logs::LogGroup" => format!("arn:aws:logs:{region}:{account}:log-group:{physical}:*"),
            _ => format!("arn:aws:{service}:{region}:{account}:{physical}"),
        },
        "AllocationId" => format!("eipalloc-0{}", noise::hex(noise::of(0, &["allocation", physical]), 16)),
        "DNSName" | "DomainName" | "DomainEndpoint" => {
            let name = physical.rsplit('/').nth(1).unwrap_or(physical).to_lowercase();
            format!("{name}.{region}.{service}.amazonaws.com")
        }
        "Endpoint.Address" => format!("{}.{region}.rds.amazonaws.com", physical.to_lowercase()),
        "Endpoint.Port" => "5432".to_owned(),
        _ => physical.to_owned(),
    };
    Value::from(text)
}
