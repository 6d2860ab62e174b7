//! Templates of the CDK apps `shop-platform` and `search-platform`.

use serde_json::{Value, json};

use super::cdk::Cdk;

fn reference(logical: &str) -> Value {
    json!({ "Ref": logical })
}

fn attribute(logical: &str, attribute: &str) -> Value {
    json!({ "Fn::GetAtt": [logical, attribute] })
}

fn tags(name: &str, version: u32) -> Value {
    json!([{ "Key": "Name", "Value": name }, { "Key": "release", "Value": format!("r{version}") }])
}

/// How the network is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    /// As it stands.
    Stands,
    /// With a third zone of its own: the update that failed.
    ThirdZone,
    /// With a gateway for the third zone in place of the shared one: the change set that waits.
    OwnGateway,
}

/// Where the nested stacks' templates of a stage lie.
pub(super) fn nested_url(stage: &str, name: &str) -> String {
    format!("https://cdk-hnb659fds-assets-{stage}.s3.ap-northeast-2.amazonaws.com/{name}.template.json")
}

/// `network-baseline`.
pub(super) fn network(stage: &str, version: u32, wanted: Network) -> String {
    let mut cdk =
        Cdk::new(&format!("shop-platform/{stage}/network-baseline"), "VPC, subnets, gateways and names of the shop")
            .with(
                "Vpc",
                "AWS::EC2::VPC",
                "Vpc/Resource",
                json!({ "CidrBlock": "10.20.0.0/16", "EnableDnsHostnames": true, "Tags": tags("shop", version) }),
            )
            .with("InternetGateway", "AWS::EC2::InternetGateway", "Vpc/IGW", json!({ "Tags": tags("shop", version) }))
            .with(
                "GatewayAttachment",
                "AWS::EC2::VPCGatewayAttachment",
                "Vpc/VPCGW",
                json!({ "VpcId": reference("Vpc"), "InternetGatewayId": reference("InternetGateway") }),
            );
    for (n, zone) in ["A", "B"].into_iter().enumerate() {
        cdk = public_zone(cdk, zone, n, version);
    }
    if wanted == Network::ThirdZone {
        cdk = public_zone(cdk, "C", 2, version);
    }
    for n in 0..3 {
        let zone = ["A", "B", "C"][n];
        let gateway = match (zone, wanted) {
            ("C", Network::OwnGateway) => "NatC",
            ("C", _) => "NatShared",
            ("A", _) => "NatA",
            _ => "NatB",
        };
        cdk = private_zone(cdk, zone, n, gateway);
    }
    if wanted != Network::OwnGateway {
        cdk = gateway(cdk, "NatShared", "EipShared", "SubnetA", version);
    } else {
        cdk = address(cdk, "EipShared", version);
    }
    cdk = gateway(cdk, "NatA", "EipA", "SubnetA", version);
    cdk = gateway(cdk, "NatB", "EipB", "SubnetB", version);
    if wanted != Network::Stands {
        let subnet = if wanted == Network::ThirdZone { "SubnetC" } else { "SubnetB" };
        cdk = gateway(cdk, "NatC", "EipC", subnet, version);
    }
    let logs = if wanted == Network::OwnGateway {
        json!({
            "ResourceId": reference("Vpc"), "ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "s3",
            "LogDestination": "arn:aws:s3:::example-flow-logs", "MaxAggregationInterval": 60,
            "Tags": [{ "Key": "team", "Value": "platform" }],
        })
    } else {
        json!({
            "ResourceId": reference("Vpc"), "ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": reference("FlowLogGroup"), "DeliverLogsPermissionArn": attribute("FlowLogRole", "Arn"),
            "MaxAggregationInterval": 600,
        })
    };
    let size = if wanted == Network::ThirdZone { "3" } else { "2" };
    rest_of_network(cdk, stage, version, size).with("FlowLogs", "AWS::EC2::FlowLog", "FlowLogs/Resource", logs).text()
}

fn public_zone(cdk: Cdk, zone: &str, n: usize, version: u32) -> Cdk {
    let at = |what: &str| format!("Vpc/Public{zone}/{what}");
    let (subnet, table) = (format!("Subnet{zone}"), format!("RouteTable{zone}"));
    cdk.with(
        &subnet,
        "AWS::EC2::Subnet",
        &at("Subnet"),
        json!({
            "VpcId": reference("Vpc"), "CidrBlock": format!("10.20.{n}.0/24"), "MapPublicIpOnLaunch": true,
            "AvailabilityZone": { "Fn::Select": [n, { "Fn::GetAZs": "" }] }, "Tags": tags(&subnet, version),
        }),
    )
    .with(
        &table,
        "AWS::EC2::RouteTable",
        &at("RouteTable"),
        json!({ "VpcId": reference("Vpc"), "Tags": tags(&table, 1) }),
    )
    .with(
        &format!("{table}Association"),
        "AWS::EC2::SubnetRouteTableAssociation",
        &at("RouteTableAssociation"),
        json!({
            "SubnetId": reference(&subnet), "RouteTableId": reference(&table),
        }),
    )
}

fn private_zone(cdk: Cdk, zone: &str, n: usize, gateway: &str) -> Cdk {
    let at = |what: &str| format!("Vpc/Private{zone}/{what}");
    let (subnet, table) = (format!("PrivateSubnet{zone}"), format!("PrivateTable{zone}"));
    cdk.with(
        &subnet,
        "AWS::EC2::Subnet",
        &at("Subnet"),
        json!({
            "VpcId": reference("Vpc"), "CidrBlock": format!("10.20.{}.0/24", 100 + n),
            "AvailabilityZone": { "Fn::Select": [n, { "Fn::GetAZs": "" }] },
        }),
    )
    .with(&table, "AWS::EC2::RouteTable", &at("RouteTable"), json!({ "VpcId": reference("Vpc") }))
    .with(
        &format!("{table}Association"),
        "AWS::EC2::SubnetRouteTableAssociation",
        &at("RouteTableAssociation"),
        json!({
            "SubnetId": reference(&subnet), "RouteTableId": reference(&table),
        }),
    )
    .with(
        &format!("Route{zone}"),
        "AWS::EC2::Route",
        &at("DefaultRoute"),
        json!({
            "RouteTableId": reference(&table), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": reference(gateway),
        }),
    )
}

fn address(cdk: Cdk, name: &str, version: u32) -> Cdk {
    let version = if name == "EipC" { version } else { 1 };
    cdk.with(name, "AWS::EC2::EIP", &format!("Vpc/{name}"), json!({ "Domain": "vpc", "Tags": tags(name, version) }))
}

fn gateway(cdk: Cdk, name: &str, eip: &str, subnet: &str, version: u32) -> Cdk {
    address(cdk, eip, version).with(
        name,
        "AWS::EC2::NatGateway",
        &format!("Vpc/{name}"),
        json!({
            "AllocationId": attribute(eip, "AllocationId"), "SubnetId": reference(subnet),
        }),
    )
}

fn rest_of_network(cdk: Cdk, stage: &str, version: u32, zones: &str) -> Cdk {
    let mut cdk = cdk
        .with("FlowLogGroup", "AWS::Logs::LogGroup", "FlowLogs/Group", json!({ "RetentionInDays": 30 }))
        .with("FlowLogRole", "AWS::IAM::Role", "FlowLogs/Role", json!({
            "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "vpc-flow-logs.amazonaws.com" },
            }] },
        }))
        .with("AdminSg", "AWS::EC2::SecurityGroup", "AdminSg/Resource", json!({
            "GroupDescription": "Administration", "VpcId": reference("Vpc"),
            "SecurityGroupIngress": [{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8" }],
        }))
        .with("VpcNested", "AWS::CloudFormation::Stack", "VpcNested.NestedStack/VpcNested.NestedStackResource", json!({
            "TemplateURL": nested_url(stage, "vpc-endpoints"),
            "Parameters": { "VpcId": reference("Vpc"), "Zones": zones, "Release": format!("r{version}") },
        }))
        .with("DnsNested", "AWS::CloudFormation::Stack", "DnsNested.NestedStack/DnsNested.NestedStackResource", json!({
            "TemplateURL": nested_url(stage, "dns"), "Parameters": { "VpcId": reference("Vpc") },
        }));
    for service in ["s3", "dynamodb"] {
        cdk = cdk.with(&format!("Endpoint{service}"), "AWS::EC2::VPCEndpoint", &format!("Vpc/{service}/Resource"), json!({
            "VpcId": reference("Vpc"), "ServiceName": { "Fn::Sub": format!("com.amazonaws.${{AWS::Region}}.{service}") },
            "RouteTableIds": [reference("PrivateTableA"), reference("PrivateTableB"), reference("PrivateTableC")],
        }));
    }
    cdk = cdk
        .output("VpcId", reference("Vpc"), Some("shared-vpc"))
        .output("SubnetA", reference("PrivateSubnetA"), Some("shared-subnet-a"))
        .output("SubnetB", reference("PrivateSubnetB"), Some("shared-subnet-b"))
        .output("SubnetC", reference("PrivateSubnetC"), Some("shared-subnet-c"))
        .output("AdminGroup", attribute("AdminSg", "GroupId"), Some("shared-admin-group"))
        .output("ZoneId", attribute("DnsNested", "Outputs.ZoneId"), Some("shared-zone"))
        .output("AddressA", reference("EipA"), None)
        .output("AddressB", reference("EipB"), None);
    cdk.output("FlowLogGroupName", reference("FlowLogGroup"), None)
}

/// The nested stacks of the network: name and text.
pub(super) fn nested(stage: &str) -> [(&'static str, String); 2] {
    let path = format!("shop-platform/{stage}/network-baseline");
    let text = |default: &str| json!({ "Type": "String", "Default": default });
    let mut endpoints = Cdk::new(&format!("{path}/VpcNested"), "Interface endpoints")
        .parameter("VpcId", json!({ "Type": "String" }))
        .parameter("Zones", text("2"))
        .parameter("Release", text("r1"));
    for service in ["ecr", "logs", "secretsmanager", "sts"] {
        endpoints = endpoints.with(&format!("Endpoint{service}"), "AWS::EC2::VPCEndpoint", &format!("{service}/Resource"), json!({
            "VpcId": reference("VpcId"), "VpcEndpointType": "Interface",
            "ServiceName": { "Fn::Sub": format!("com.amazonaws.${{AWS::Region}}.{service}") },
            "Tags": [{ "Key": "zones", "Value": reference("Zones") }, { "Key": "release", "Value": reference("Release") }],
        }));
    }
    let dns = Cdk::new(&format!("{path}/DnsNested"), "Private names")
        .parameter("VpcId", json!({ "Type": "String" }))
        .with("Zone", "AWS::Route53::HostedZone", "Zone/Resource", json!({
            "Name": "shop.internal.example.com", "VPCs": [{ "VPCId": reference("VpcId"), "VPCRegion": reference("AWS::Region") }],
        }))
        .output("ZoneId", reference("Zone"), None);
    [("vpc-endpoints", endpoints.text()), ("dns", dns.text())]
}

/// `data-stores`.
pub(super) fn data_stores(stage: &str, version: u32) -> String {
    Cdk::new(&format!("shop-platform/{stage}/data-stores"), "Tables, the orders database and its keys")
        .parameter("DbPassword", json!({ "Type": "String", "NoEcho": true, "Description": "Of the orders database" }))
        .with("Key", "AWS::KMS::Key", "Key/Resource", json!({ "EnableKeyRotation": true, "KeyPolicy": { "Version": "2012-10-17", "Statement": [] } }))
        .with("SessionsTable", "AWS::DynamoDB::Table", "Sessions/Resource", json!({
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
            "Tags": tags("sessions", version),
        }))
        .attribute("SessionsTable", "DeletionPolicy", json!("Retain"))
        .with("CartsTable", "AWS::DynamoDB::Table", "Carts/Resource", json!({
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "SSESpecification": { "KMSMasterKeyId": reference("Key"), "SSEEnabled": true, "SSEType": "KMS" },
        }))
        .attribute("CartsTable", "DeletionPolicy", json!("Retain"))
        .with("AdminSg", "AWS::EC2::SecurityGroup", "AdminSg/Resource", json!({
            "GroupDescription": "Administration of the orders database", "VpcId": { "Fn::ImportValue": "shared-vpc" },
            "SecurityGroupIngress": [
                { "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.20.0.0/16" },
                { "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.0.0.0/8" },
            ],
        }))
        .with("OrdersDb", "AWS::RDS::DBInstance", "Orders/Resource", json!({
            "Engine": "postgres", "EngineVersion": "17.4", "DBInstanceClass": "db.r7g.large", "AllocatedStorage": "200",
            "MasterUsername": "orders", "MasterUserPassword": reference("DbPassword"), "StorageEncrypted": true,
            "KmsKeyId": attribute("Key", "Arn"), "VPCSecurityGroups": [attribute("AdminSg", "GroupId")],
        }))
        .attribute("OrdersDb", "DeletionPolicy", json!("Snapshot"))
        .output("SessionsTable", reference("SessionsTable"), Some("sessions-table"))
        .output("DatabaseUrl", json!({ "Fn::Sub": "postgres://orders:${DbPassword}@${OrdersDb.Endpoint.Address}:5432/orders" }), None)
        .text()
}

/// `checkout-api`.
pub(super) fn checkout(stage: &str, version: u32) -> String {
    Cdk::new(&format!("shop-platform/{stage}/checkout-api"), "Carts, coupons, orders: the service")
        .with("LogGroup", "AWS::Logs::LogGroup", "Logs/Resource", json!({ "RetentionInDays": 30 }))
        .with("TaskRole", "AWS::IAM::Role", "Task/TaskRole/Resource", json!({
            "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "ecs-tasks.amazonaws.com" },
            }] },
        }))
        .with("Task", "AWS::ECS::TaskDefinition", "Task/Resource", json!({
            "Cpu": "512", "Memory": "1024", "TaskRoleArn": attribute("TaskRole", "Arn"),
            "ContainerDefinitions": [{
                "Name": "api", "Image": format!("example.com/checkout-api:{version}"), "Essential": true,
                "Environment": [{ "Name": "SESSIONS_TABLE", "Value": { "Fn::ImportValue": "sessions-table" } }],
            }],
        }))
        .with("LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "Lb/Resource", json!({
            "Scheme": "internet-facing",
            "Subnets": [{ "Fn::ImportValue": "shared-subnet-a" }, { "Fn::ImportValue": "shared-subnet-b" }],
        }))
        .with("Service", "AWS::ECS::Service", "Service/Resource", json!({
            "Cluster": "shop", "LaunchType": "FARGATE", "DesiredCount": 3, "TaskDefinition": reference("Task"),
        }))
        .output("Url", json!({ "Fn::Sub": "https://${LoadBalancer.DNSName}" }), None)
        .text()
}

/// `search-cluster` of the app `search-platform`.
pub(super) fn search(stage: &str, version: u32, nodes: u32) -> String {
    Cdk::new(&format!("search-platform/{stage}/search-cluster"), "Search over products")
        .with("Domain", "AWS::OpenSearchService::Domain", "Domain/Resource", json!({
            "EngineVersion": "OpenSearch_2.19", "ClusterConfig": { "InstanceType": "r7g.large.search", "InstanceCount": nodes },
        }))
        .with("IndexerRole", "AWS::IAM::Role", "Indexer/ServiceRole/Resource", json!({
            "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [] },
        }))
        .with("Indexer", "AWS::Lambda::Function", "Indexer/Resource", json!({
            "Runtime": "python3.13", "Handler": "index.main", "Role": attribute("IndexerRole", "Arn"),
            "Code": { "S3Bucket": "example-assets", "S3Key": format!("indexer-{version}.zip") },
            "Environment": { "Variables": { "ENDPOINT": attribute("Domain", "DomainEndpoint") } },
        }))
        .with("Dlq", "AWS::SQS::Queue", "Dlq/Resource", json!({ "MessageRetentionPeriod": 1_209_600 }))
        .output("Endpoint", attribute("Domain", "DomainEndpoint"), Some("search-endpoint"))
        .text()
}
