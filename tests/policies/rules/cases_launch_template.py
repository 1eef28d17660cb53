"""Cases of the rules about instances and their templates."""

from tests.policies.cases import UNKNOWN, Cases, adding, given, having, in_region, lacking, together

_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_INSTANCE = "aws:ec2/instance:Instance"
_DEVICE = {"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "kmsKeyId": "arn:aws:kms:k"}}
_BY_DEFAULT = given("default", "aws:ebs/encryptionByDefault:EncryptionByDefault", {"enabled": True})

CASES = [
    Cases(
        rule="launch-template-ebs-encrypted",
        compliant=[given("nodes", _TEMPLATE, {"blockDeviceMappings": [_DEVICE]})],
        passes={
            "a boolean": having("blockDeviceMappings.0.ebs.encrypted", True),
            "an instance store": having("blockDeviceMappings.1", {"deviceName": "b"}),
            "encrypted by default": together(lacking("blockDeviceMappings"), adding(_BY_DEFAULT)),
        },
        fails={
            "the string false": having("blockDeviceMappings.0.ebs.encrypted", "false"),
            "nothing said": lacking("blockDeviceMappings.0.ebs.encrypted"),
            "the second device only": having("blockDeviceMappings.1", {"ebs": {"volumeSize": 8}}),
            "no device stated": lacking("blockDeviceMappings"),
            "default encryption in another region only": together(
                lacking("blockDeviceMappings"),
                adding(_BY_DEFAULT),
                in_region("us-west-2", on="default"),
            ),
        },
        unknown={
            "one device unknown": having("blockDeviceMappings.0.ebs.encrypted", UNKNOWN),
            "devices unknown": having("blockDeviceMappings", UNKNOWN),
        },
    ),
    Cases(
        rule="launch-template-ebs-cmk",
        compliant=[given("nodes", _TEMPLATE, {"blockDeviceMappings": [_DEVICE]})],
        passes={"an instance store": having("blockDeviceMappings.1", {"deviceName": "b"})},
        fails={"the AWS managed key": lacking("blockDeviceMappings.0.ebs.kmsKeyId")},
        unknown={"devices unknown": having("blockDeviceMappings", UNKNOWN)},
    ),
    Cases(
        rule="launch-template-imdsv2",
        compliant=[given("nodes", _TEMPLATE, {"metadataOptions": {"httpTokens": "required"}})],
        passes={
            "no metadata service at all": having(
                "metadataOptions", {"httpEndpoint": "disabled", "httpTokens": UNKNOWN}
            )
        },
        fails={
            "tokens optional": having("metadataOptions.httpTokens", "optional"),
            "no metadata options": lacking("metadataOptions"),
        },
        unknown={"metadata options unknown": having("metadataOptions", UNKNOWN)},
    ),
    Cases(
        rule="launch-template-imds-hop-limit",
        compliant=[given("nodes", _TEMPLATE, {"metadataOptions": {"httpPutResponseHopLimit": 1}})],
        passes={
            "AWS's default of one hop": lacking("metadataOptions"),
            "no metadata service": having(
                "metadataOptions", {"httpEndpoint": "disabled", "httpPutResponseHopLimit": 2}
            ),
        },
        fails={"two hops": having("metadataOptions.httpPutResponseHopLimit", 2)},
        unknown={"limit unknown": having("metadataOptions.httpPutResponseHopLimit", UNKNOWN)},
    ),
    Cases(
        rule="launch-template-no-public-ip",
        compliant=[
            given(
                "nodes", _TEMPLATE, {"networkInterfaces": [{"associatePublicIpAddress": "false"}]}
            )
        ],
        passes={"left to the subnet": lacking("networkInterfaces.0.associatePublicIpAddress")},
        fails={
            "the string true": having("networkInterfaces.0.associatePublicIpAddress", "true"),
            "a second interface": having("networkInterfaces.1", {"associatePublicIpAddress": True}),
        },
        unknown={"interfaces unknown": having("networkInterfaces", UNKNOWN)},
    ),
    Cases(
        rule="launch-template-detailed-monitoring",
        compliant=[
            given("nodes", _TEMPLATE, {"monitoring": {"enabled": True}}),
            given("bastion", _INSTANCE, {"monitoring": True}),
        ],
        fails={
            "off": having("monitoring.enabled", False),
            "nothing said": lacking("monitoring"),
            "an instance without": lacking("monitoring", on="bastion"),
        },
        unknown={
            "unknown": having("monitoring", UNKNOWN),
            "of an instance": having("monitoring", UNKNOWN, on="bastion"),
        },
    ),
    Cases(
        rule="launch-template-no-ssh-key",
        compliant=[given("nodes", _TEMPLATE, {}), given("runner", _INSTANCE, {"keyName": ""})],
        fails={
            "a key pair": having("keyName", "operators"),
            "on an instance": having("keyName", "operators", on="runner"),
        },
        unknown={"key unknown": having("keyName", UNKNOWN)},
    ),
]
