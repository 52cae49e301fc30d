"""Looks around with boto3 as the SDK's looks do, and prints the same JSON. Standard input: endpoint, region, accounts, looks."""

import json
import sys
from itertools import islice

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

given = json.load(sys.stdin)
# Enough for what is compared; every page is a call.
pages_max = given["pagesMax"]
config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})


def walk(client, operation, key, token="NextToken", **arguments):
    """All items of a list: by the paginator where boto3 has one, else by hand."""
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**arguments)
        return [item for page in islice(pages, pages_max) for item in page.get(key, [])]
    found = []
    for _ in range(pages_max):
        page = getattr(client, operation)(**arguments)
        found += page[key]
        if token not in page:
            break
        arguments[token] = page[token]
    return found


class Looks:
    """One look a method, by the name that the SDK's has. Clients are made once: that takes longer than their calls."""

    def __init__(self):
        self.session = boto3.Session("none", "none", region_name=given["region"])
        self.clients = {}

    def be(self, access_key_id, secret_access_key):
        """From now on every client calls as somebody else."""
        credentials = self.session.get_credentials()
        credentials.access_key, credentials.secret_key = access_key_id, secret_access_key

    def client(self, name):
        if name not in self.clients:
            self.clients[name] = self.session.client(name, endpoint_url=given["endpoint"], config=config)
        return self.clients[name]

    def __getattr__(self, service):
        return self.client(service)

    # What belongs to an account or its stacks.

    def identity(self):
        return [self.sts.get_caller_identity()["Arn"]]

    def stack_list(self):
        return walk(self.cloudformation, "describe_stacks", "Stacks")

    def stacks(self):
        return [f"{stack['StackName']} {stack['StackStatus']}" for stack in self.stack_list()]

    def stack_events(self):
        return [
            event["EventId"]
            for stack in self.stack_list()
            for event in walk(self.cloudformation, "describe_stack_events", "StackEvents", StackName=stack["StackName"])
        ]

    def stack_resources(self):
        return [
            one["PhysicalResourceId"]
            for stack in self.stack_list()
            for one in walk(
                self.cloudformation, "list_stack_resources", "StackResourceSummaries", StackName=stack["StackName"]
            )
        ]

    def stack_instances(self):
        client = self.cloudformation
        sets = walk(client, "list_stack_sets", "Summaries", CallAs="DELEGATED_ADMIN", Status="ACTIVE")
        return [
            f"{one['Account']} {one['Region']} {one['Status']}"
            for each in sets
            for one in walk(
                client, "list_stack_instances", "Summaries", StackSetName=each["StackSetName"], CallAs="DELEGATED_ADMIN"
            )
        ]

    def execution_list(self):
        return [
            execution
            for machine in walk(self.stepfunctions, "list_state_machines", "stateMachines")
            for execution in walk(
                self.stepfunctions, "list_executions", "executions", stateMachineArn=machine["stateMachineArn"]
            )
        ]

    def executions(self):
        return [f"{one['name']} {one['status']}" for one in self.execution_list()]

    def execution_events(self):
        return [
            f"{event['id']} {event['type']}"
            for one in self.execution_list()
            for event in walk(self.stepfunctions, "get_execution_history", "events", executionArn=one["executionArn"])
        ]

    def map_runs(self):
        return [
            run["mapRunArn"]
            for one in self.execution_list()
            for run in walk(self.stepfunctions, "list_map_runs", "mapRuns", executionArn=one["executionArn"])
        ]

    def objects(self):
        found = []
        for bucket in walk(self.s3, "list_buckets", "Buckets"):
            name = bucket["Name"]
            for one in walk(self.s3, "list_objects_v2", "Contents", Bucket=name):
                found.append(f"{name} {one['Key']} {one['Size']}")
            for one in walk(self.s3, "list_object_versions", "Versions", Bucket=name):
                found.append(f"{one['Key']} {one['VersionId']}")
        return found

    def items(self):
        # The resource API of boto3, which nobody but boto3 has.
        resource = self.session.resource("dynamodb", endpoint_url=given["endpoint"], config=config)
        found = []
        for table in resource.tables.all():
            page = table.scan()
            found += page["Items"]
            while "LastEvaluatedKey" in page:
                page = table.scan(ExclusiveStartKey=page["LastEvaluatedKey"])
                found += page["Items"]
        return [f"{item['pk']} {item['sk']}" for item in found]

    def functions(self):
        return [f"{one['FunctionArn']} {one['CodeSha256']}" for one in walk(self.client("lambda"), "list_functions", "Functions")]

    def event_source_mappings(self):
        client = self.client("lambda")
        return [f"{one['UUID']} {one['State']}" for one in walk(client, "list_event_source_mappings", "EventSourceMappings")]

    def roles(self):
        found = []
        for role in walk(self.iam, "list_roles", "Roles"):
            name = role["RoleName"]
            policies = walk(self.iam, "list_role_policies", "PolicyNames", RoleName=name)
            attached = walk(self.iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
            policies += [one["PolicyArn"] for one in attached]
            found.append(f"{self.iam.get_role(RoleName=name)['Role']['Arn']} {','.join(sorted(policies))}")
        return found

    def parameters(self):
        found = walk(self.ssm, "get_parameters_by_path", "Parameters", Path="/golden", Recursive=True)
        return [f"{one['Name']} {one['Value']}" for one in found]

    def topics(self):
        return [one["TopicArn"] for one in walk(self.sns, "list_topics", "Topics")]

    def subscriptions(self):
        return [one["SubscriptionArn"] for one in walk(self.sns, "list_subscriptions", "Subscriptions")]

    def queues(self):
        found = []
        for url in walk(self.sqs, "list_queues", "QueueUrls", PaginationConfig={"PageSize": 2}):
            attributes = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            found.append(f"{attributes['QueueArn']} {attributes['ApproximateNumberOfMessages']}")
        return found

    def rules(self):
        return [
            rule["Arn"]
            for bus in walk(self.events, "list_event_buses", "EventBuses")
            for rule in walk(self.events, "list_rules", "Rules", EventBusName=bus["Name"])
        ]

    def schedules(self):
        return [one["Arn"] for one in walk(self.scheduler, "list_schedules", "Schedules")]

    def keys(self):
        keys = [one["KeyArn"] for one in walk(self.kms, "list_keys", "Keys")]
        return keys + [one["AliasArn"] for one in walk(self.kms, "list_aliases", "Aliases")]

    def accounts(self):
        return [f"{one['Id']} {one['Name']} {one['State']}" for one in walk(self.organizations, "list_accounts", "Accounts")]

    def units(self):
        client = self.organizations
        found = []
        for root in walk(client, "list_roots", "Roots"):
            parent = {"ParentId": root["Id"]}
            found += walk(client, "list_organizational_units_for_parent", "OrganizationalUnits", **parent)
            found += walk(client, "list_accounts_for_parent", "Accounts", **parent)
        return [one["Arn"] for one in found]

    def delegated_administrators(self):
        found = walk(self.organizations, "list_delegated_administrators", "DelegatedAdministrators")
        return [one["Arn"] for one in found]

    # What instances run in and from, and what is written about them.

    def group_list(self):
        return walk(self.autoscaling, "describe_auto_scaling_groups", "AutoScalingGroups")

    def groups(self):
        return [
            f"{group['AutoScalingGroupName']} {','.join(one['InstanceId'] for one in group['Instances'])}"
            for group in self.group_list()
        ]

    def refreshes(self):
        return [
            f"{one['InstanceRefreshId']} {one['Status']}"
            for group in self.group_list()
            for one in walk(
                self.autoscaling,
                "describe_instance_refreshes",
                "InstanceRefreshes",
                AutoScalingGroupName=group["AutoScalingGroupName"],
            )
        ]

    def activities(self):
        found = walk(self.autoscaling, "describe_scaling_activities", "Activities")
        return [f"{one['ActivityId']} {one['StatusCode']}" for one in found]

    def own_images(self):
        return [f"{one['ImageId']} {one['Name']}" for one in walk(self.ec2, "describe_images", "Images", Owners=["self"])]

    def shared_images(self):
        found = walk(self.ec2, "describe_images", "Images", ExecutableUsers=["self"])
        return [f"{one['ImageId']} {one['OwnerId']}" for one in found]

    def snapshots(self):
        found = walk(self.ec2, "describe_snapshots", "Snapshots", OwnerIds=["self"])
        return [f"{one['SnapshotId']} {one['State']}" for one in found]

    def launch_template_versions(self):
        return [
            f"{one['LaunchTemplateId']} {one['VersionNumber']} {one['LaunchTemplateData']['ImageId']}"
            for template in walk(self.ec2, "describe_launch_templates", "LaunchTemplates")
            for one in walk(
                self.ec2,
                "describe_launch_template_versions",
                "LaunchTemplateVersions",
                LaunchTemplateId=template["LaunchTemplateId"],
            )
        ]

    def instances(self):
        return [
            f"{one['InstanceId']} {one['ImageId']} {one['State']['Name']}"
            for reservation in walk(self.ec2, "describe_instances", "Reservations")
            for one in reservation["Instances"]
        ]

    def network(self):
        found = [one["VpcId"] for one in walk(self.ec2, "describe_vpcs", "Vpcs")]
        for one in walk(self.ec2, "describe_subnets", "Subnets"):
            found.append(f"{one['SubnetId']} {one['AvailabilityZone']}")
        return found + [one["GroupId"] for one in walk(self.ec2, "describe_security_groups", "SecurityGroups")]

    def cluster_list(self):
        return walk(self.ecs, "list_clusters", "clusterArns")

    def clusters(self):
        return [
            f"{one['clusterArn']} {one['registeredContainerInstancesCount']} {one['runningTasksCount']}"
            for one in self.ecs.describe_clusters(clusters=self.cluster_list())["clusters"]
        ]

    def in_clusters(self, list_operation, list_key, describe, key, argument):
        found = []
        for cluster in self.cluster_list():
            arns = walk(self.ecs, list_operation, list_key, cluster=cluster)
            if arns:
                found += getattr(self.ecs, describe)(cluster=cluster, **{argument: arns})[key]
        return found

    def services(self):
        found = self.in_clusters("list_services", "serviceArns", "describe_services", "services", "services")
        return [f"{one['serviceName']} {one['runningCount']}" for one in found]

    def tasks(self):
        found = self.in_clusters("list_tasks", "taskArns", "describe_tasks", "tasks", "tasks")
        return [f"{one['taskArn']} {one['lastStatus']}" for one in found]

    def container_instances(self):
        found = self.in_clusters(
            "list_container_instances",
            "containerInstanceArns",
            "describe_container_instances",
            "containerInstances",
            "containerInstances",
        )
        return [f"{one['ec2InstanceId']} {one['status']}" for one in found]

    def image_builder(self):
        client = self.imagebuilder
        lists = [
            ("list_image_pipelines", "imagePipelineList"),
            ("list_image_recipes", "imageRecipeSummaryList"),
            ("list_components", "componentVersionList"),
            ("list_infrastructure_configurations", "infrastructureConfigurationSummaryList"),
            ("list_distribution_configurations", "distributionConfigurationSummaryList"),
        ]
        return [one["arn"] for operation, key in lists for one in walk(client, operation, key)]

    def builds(self):
        client = self.imagebuilder
        found = []
        for version in walk(client, "list_images", "imageVersionList"):
            for build in walk(client, "list_image_build_versions", "imageSummaryList", imageVersionArn=version["arn"]):
                image = client.get_image(imageBuildVersionArn=build["arn"])["image"]
                amis = ",".join(ami["image"] for ami in image["outputResources"]["amis"])
                found.append(f"{build['arn']} {image['state']['status']} {amis}")
        return found

    def log_events(self):
        found = []
        for group in walk(self.logs, "describe_log_groups", "logGroups"):
            name = group["logGroupName"]
            found.append(name)
            events = walk(self.logs, "filter_log_events", "events", logGroupName=name)
            found += [event["eventId"] for event in events]
        return found

    def alarms(self):
        found = walk(self.cloudwatch, "describe_alarms", "MetricAlarms")
        return [f"{one['AlarmArn']} {one['StateValue']}" for one in found]

    def metrics(self):
        return [
            f"{one['Namespace']} {one['MetricName']} "
            + ",".join(f"{pair['Name']}={pair['Value']}" for pair in one["Dimensions"])
            for one in walk(self.cloudwatch, "list_metrics", "Metrics")
        ]


looks = Looks()


def look(name):
    try:
        return sorted(getattr(looks, name.replace("-", "_"))())
    except ClientError as error:
        return [f"error {error.response['Error']['Code']}"]


found = {}
for name, (access_key_id, secret_access_key) in given["accounts"].items():
    looks.be(access_key_id, secret_access_key)
    found[name] = {one: look(one) for one in given["looks"]}
json.dump(found, sys.stdout)
