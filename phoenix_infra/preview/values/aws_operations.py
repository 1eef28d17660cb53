"""Computed values: logs, alarms, events, functions, and the services that detect and audit."""

from collections.abc import Mapping

from phoenix_infra.preview.values.facts import Taught

OPERATIONS: Mapping[str, Taught] = {
    "aws:cloudwatch/logGroup:LogGroup": Taught(
        id="{name}", arn="arn:aws:logs:{region}:{account}:log-group:{name}"
    ),
    "aws:cloudwatch/eventConnection:EventConnection": Taught(
        id="{name}", arn="arn:aws:events:{region}:{account}:connection/{name}/{uuid}"
    ),
    "aws:cloudwatch/eventApiDestination:EventApiDestination": Taught(
        id="{name}", arn="arn:aws:events:{region}:{account}:api-destination/{name}/{uuid}"
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Taught(
        id="{name}", arn="arn:aws:cloudwatch:{region}:{account}:alarm:{name}"
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Taught(
        name="alarmName",
        id="{name}",
        arn="arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    ),
    "aws:cloudwatch/dashboard:Dashboard": Taught(
        id="{in[dashboardName]}",
        outputs={"dashboardArn": "arn:aws:cloudwatch::{account}:dashboard/{in[dashboardName]}"},
    ),
    "aws:cloudwatch/eventRule:EventRule": Taught(
        id="{name}", arn="arn:aws:events:{region}:{account}:rule/{name}"
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Taught(
        id="{in[rule]}-{logical}", outputs={"targetId": "{logical}-{hex7}"}
    ),
    "aws:cloudwatch/eventBus:EventBus": Taught(
        id="{name}", arn="arn:aws:events:{region}:{account}:event-bus/{name}"
    ),
    "aws:scheduler/schedule:Schedule": Taught(
        id="default/{name}", arn="arn:aws:scheduler:{region}:{account}:schedule/default/{name}"
    ),
    "aws:sns/topic:Topic": Taught(id="{arn}", arn="arn:aws:sns:{region}:{account}:{name}"),
    "aws:sns/topicSubscription:TopicSubscription": Taught(
        id="{arn}", arn="arn:aws:sns:{region}:{account}:{logical}:{uuid}"
    ),
    "aws:sns/topicPolicy:TopicPolicy": Taught(id="{in[arn]}", outputs={"owner": "{account}"}),
    "aws:sqs/queue:Queue": Taught(
        id="https://sqs.{region}.amazonaws.com/{account}/{name}",
        arn="arn:aws:sqs:{region}:{account}:{name}",
        outputs={"url": "https://sqs.{region}.amazonaws.com/{account}/{name}"},
    ),
    "aws:lambda/function:Function": Taught(
        id="{name}",
        arn="arn:aws:lambda:{region}:{account}:function:{name}",
        outputs={
            "invokeArn": "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/"
            "arn:aws:lambda:{region}:{account}:function:{name}/invocations",
            "qualifiedArn": "arn:aws:lambda:{region}:{account}:function:{name}:1",
            "version": "1",
        },
    ),
    "aws:sfn/stateMachine:StateMachine": Taught(
        id="{arn}", arn="arn:aws:states:{region}:{account}:stateMachine:{name}"
    ),
    # Detection and audit
    "aws:cloudtrail/trail:Trail": Taught(
        id="{arn}",
        arn="arn:aws:cloudtrail:{region}:{account}:trail/{name}",
        outputs={"homeRegion": "{region}"},
    ),
    "aws:guardduty/detector:Detector": Taught(
        id="{hex32}", arn="arn:aws:guardduty:{region}:{account}:detector/{id}"
    ),
    "aws:guardduty/filter:Filter": Taught(id="{in[detectorId]}:{name}"),
    "aws:guardduty/publishingDestination:PublishingDestination": Taught(
        id="{in[detectorId]}:{hex32}"
    ),
    "aws:securityhub/account:Account": Taught(
        id="{account}", arn="arn:aws:securityhub:{region}:{account}:hub/default"
    ),
    "aws:securityhub/standardsSubscription:StandardsSubscription": Taught(
        id="arn:aws:securityhub:{region}:{account}:subscription/{logical}"
    ),
    "aws:securityhub/findingAggregator:FindingAggregator": Taught(
        id="arn:aws:securityhub:{region}:{account}:finding-aggregator/{uuid}"
    ),
    "aws:securityhub/actionTarget:ActionTarget": Taught(
        id="{arn}", arn="arn:aws:securityhub:{region}:{account}:action/custom/{in[identifier]}"
    ),
    "aws:inspector2/enabler:Enabler": Taught(id="{account}-ECR:EC2"),
    "aws:macie2/account:Account": Taught(id="{account}"),
    "aws:macie2/classificationJob:ClassificationJob": Taught(
        id="{hex32}",
        outputs={"jobArn": "arn:aws:macie2:{region}:{account}:classification-job/{id}"},
    ),
    "aws:cfg/recorder:Recorder": Taught(id="{name}"),
    "aws:cfg/deliveryChannel:DeliveryChannel": Taught(id="{name}"),
    "aws:cfg/rule:Rule": Taught(
        id="{name}",
        arn="arn:aws:config:{region}:{account}:config-rule/config-rule-{hex6}",
        outputs={"ruleId": "config-rule-{hex6}"},
    ),
    "aws:cfg/conformancePack:ConformancePack": Taught(
        id="{name}",
        arn="arn:aws:config:{region}:{account}:conformance-pack/{name}/conformance-pack-{hex9}",
    ),
    "aws:ssm/document:Document": Taught(
        id="{name}", arn="arn:aws:ssm:{region}:{account}:document/{name}"
    ),
    "aws:ssm/maintenanceWindow:MaintenanceWindow": Taught(id="mw-{hex17}"),
    "aws:budgets/budget:Budget": Taught(
        id="{account}:{name}", arn="arn:aws:budgets::{account}:budget/{name}"
    ),
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": Taught(
        id="{arn}", arn="arn:aws:ce::{account}:anomalymonitor/{uuid}"
    ),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": Taught(
        id="{arn}", arn="arn:aws:ce::{account}:anomalysubscription/{uuid}"
    ),
    "aws:fis/experimentTemplate:ExperimentTemplate": Taught(
        id="EXT{hex15}", arn="arn:aws:fis:{region}:{account}:experiment-template/{id}"
    ),
    "aws:resourcegroups/group:Group": Taught(
        id="{name}", arn="arn:aws:resource-groups:{region}:{account}:group/{name}"
    ),
}
