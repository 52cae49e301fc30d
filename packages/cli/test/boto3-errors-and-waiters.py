"""What boto3 makes of errors, and its waiters; prints JSON. Standard input: endpoint, region, accounts, image, subnet."""

import io
import json
import sys
import time
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

given = json.load(sys.stdin)
config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})


def session(account):
    return boto3.Session(*given["accounts"][account], region_name=given["region"])


def client_of(account):
    made = {}
    clients = session(account)

    def client(name):
        if name not in made:
            made[name] = clients.client(name, endpoint_url=given["endpoint"], config=config)
        return made[name]

    return client


infra = client_of("infra")
workload = client_of("workload-2")


def stranger(name):
    return boto3.client(
        name,
        region_name=given["region"],
        endpoint_url=given["endpoint"],
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="wrong",
        config=config,
    )


account = infra("sts").get_caller_identity()["Account"]
here = f"{given['region']}:{account}"
bucket = infra("s3").list_buckets()["Buckets"][0]["Name"]

errors = {
    "no such key": lambda: infra("s3").get_object(Bucket=bucket, Key="none"),
    "no such key, only asked for": lambda: infra("s3").head_object(Bucket=bucket, Key="none"),
    "no such bucket": lambda: infra("s3").list_objects_v2(Bucket="nobody-has-this-bucket"),
    "no such stack": lambda: infra("cloudformation").describe_stacks(StackName="none"),
    "no such stack set": lambda: infra("cloudformation").describe_stack_set(StackSetName="none"),
    "no such image": lambda: infra("ec2").describe_images(ImageIds=["ami-0123456789abcdef0"]),
    "no image id": lambda: infra("ec2").describe_images(ImageIds=["none"]),
    "no such instance": lambda: infra("ec2").terminate_instances(InstanceIds=["i-0123456789abcdef0"]),
    "no such launch template": lambda: infra("ec2").describe_launch_template_versions(LaunchTemplateName="none"),
    "no such group": lambda: infra("autoscaling").start_instance_refresh(AutoScalingGroupName="none"),
    "no such cluster": lambda: infra("ecs").list_tasks(cluster="none"),
    "no such build": lambda: infra("imagebuilder").get_image(
        imageBuildVersionArn=f"arn:aws:imagebuilder:{here}:image/none/1.0.0/1"
    ),
    "no such log group": lambda: infra("logs").filter_log_events(logGroupName="none"),
    "no such execution": lambda: infra("stepfunctions").describe_execution(
        executionArn=f"arn:aws:states:{here}:execution:none:none"
    ),
    "no such table": lambda: infra("dynamodb").scan(TableName="none"),
    "condition does not hold": lambda: infra("dynamodb").delete_item(
        TableName=infra("dynamodb").list_tables()["TableNames"][0],
        Key={"pk": {"S": "none"}, "sk": {"S": "none"}},
        ConditionExpression="attribute_exists(pk)",
    ),
    "no such function": lambda: infra("lambda").invoke(FunctionName="none"),
    "no such parameter": lambda: infra("ssm").get_parameter(Name="/none"),
    "no such topic": lambda: infra("sns").publish(TopicArn=f"arn:aws:sns:{here}:none", Message="x"),
    "no such queue": lambda: infra("sqs").get_queue_url(QueueName="none"),
    "no such rule": lambda: infra("events").describe_rule(Name="none"),
    "no such schedule": lambda: infra("scheduler").get_schedule(Name="none"),
    "no such key of KMS": lambda: infra("kms").describe_key(KeyId="0c4e0c25-0000-4000-8000-000000000000"),
    "no such role": lambda: infra("iam").get_role(RoleName="none"),
    "role that nobody may assume": lambda: infra("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/none", RoleSessionName="looking"
    ),
    "organization, for a member": lambda: workload("organizations").list_accounts(),
    "unknown key, query": lambda: stranger("sts").get_caller_identity(),
    "unknown key, EC2": lambda: stranger("ec2").describe_instances(),
    "unknown key, JSON": lambda: stranger("dynamodb").list_tables(),
    "unknown key, S3": lambda: stranger("s3").list_buckets(),
    "operation that is not modelled": lambda: infra("ec2").describe_volumes(),
    "service that is not modelled": lambda: infra("secretsmanager").list_secrets(),
    "service that is not modelled, query": lambda: infra("elbv2").describe_load_balancers(),
    "service that is not modelled, REST with XML": lambda: infra("route53").list_hosted_zones(),
}


def failure(call):
    try:
        call()
    except ClientError as error:
        answer = error.response
        return {
            "code": answer["Error"]["Code"],
            "status": answer["ResponseMetadata"]["HTTPStatusCode"],
            "class": type(error).__name__,
            "message": answer["Error"].get("Message", ""),
        }
    return "no error"


waiting = {"Delay": 0.2, "MaxAttempts": 300}


def template(*topics):
    resources = {name: {"Type": "AWS::SNS::Topic"} for name in topics}
    return json.dumps({"Resources": resources})


def code():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.js", "exports.handler = async ({ name }) => `hello ${name}`;")
    return packed.getvalue()


def until_role_counts(call):
    """A role that was just made cannot be assumed for some seconds; everybody tries again."""
    for _ in range(50):
        try:
            return call()
        except workload("lambda").exceptions.InvalidParameterValueException:
            time.sleep(0.1)
    return call()


def waits():
    """Everything is begun first, so that all of it goes on while one is waited for."""
    s3, ec2, stacks, functions, iam = (workload(name) for name in ("s3", "ec2", "cloudformation", "lambda", "iam"))
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    role = iam.create_role(RoleName="boto3-function", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.get_waiter("role_exists").wait(RoleName="boto3-function", WaiterConfig=waiting)
    started = ec2.run_instances(
        ImageId=given["image"], InstanceType="t3.micro", SubnetId=given["subnet"], MinCount=1, MaxCount=1
    )
    instance = started["Instances"][0]["InstanceId"]
    stacks.create_stack(StackName="boto3-good", TemplateBody=template("One"))
    wrong = {"Resources": {"Wrong": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "no topic name"}}}}
    stacks.create_stack(StackName="boto3-bad", TemplateBody=json.dumps(wrong))
    place = {"LocationConstraint": given["region"]}
    s3.create_bucket(Bucket="waited-for-by-boto3", CreateBucketConfiguration=place)

    s3.get_waiter("bucket_exists").wait(Bucket="waited-for-by-boto3", WaiterConfig=waiting)
    stacks.get_waiter("stack_create_complete").wait(StackName="boto3-good", WaiterConfig=waiting)
    stacks.update_stack(StackName="boto3-good", TemplateBody=template("One", "Two"))
    ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig=waiting)
    image = ec2.create_image(InstanceId=instance, Name="made with boto3")["ImageId"]
    function = {
        "FunctionName": "boto3-function",
        "Runtime": "nodejs24.x",
        "Handler": "index.handler",
        "Role": role,
        "Code": {"ZipFile": code()},
    }
    until_role_counts(lambda: functions.create_function(**function))
    functions.get_waiter("function_active_v2").wait(FunctionName="boto3-function", WaiterConfig=waiting)
    said = functions.invoke(FunctionName="boto3-function", Payload=json.dumps({"name": "boto3"}))
    stacks.get_waiter("stack_update_complete").wait(StackName="boto3-good", WaiterConfig=waiting)
    ec2.get_waiter("image_available").wait(ImageIds=[image], WaiterConfig=waiting)
    try:
        stacks.get_waiter("stack_create_complete").wait(StackName="boto3-bad", WaiterConfig=waiting)
        failed = "no error"
    except WaiterError as error:
        failed = str(error)
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance], WaiterConfig=waiting)
    return {
        "resources": len(stacks.list_stack_resources(StackName="boto3-good")["StackResourceSummaries"]),
        "said": json.load(said["Payload"]),
        "failed": failed,
        "image": ec2.describe_images(ImageIds=[image])["Images"][0]["State"],
    }


json.dump({"errors": {name: failure(call) for name, call in errors.items()}, "waits": waits()}, sys.stdout)
