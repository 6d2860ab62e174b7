// A CDK app with one stage of two stacks, of resources that moto has and that need no assets. `-c timeout=60` changes one
// property, so that a test can tell what differs from what is deployed.
import { App, CfnOutput, Duration, Stack, Stage } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";

const app = new App();
const seconds = Number(app.node.tryGetContext("timeout") ?? 30);
const stage = new Stage(app, "shop-dev", { env: { account: "111122223333", region: "eu-west-1" } });

const orders = new Stack(stage, "orders");
const queue = new Queue(orders, "Inbox", { visibilityTimeout: Duration.seconds(seconds) });
new CfnOutput(orders, "InboxUrl", { value: queue.queueUrl });

const mail = new Stack(stage, "mail");
new Topic(mail, "News", { displayName: "News" });

app.synth();
