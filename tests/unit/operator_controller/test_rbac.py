"""Rights follow from the kinds that are rendered, and contain nothing else."""

from operators.telecom_pipeline.generate.rbac import lease_rules, rbac_template, rules
from operators.telecom_pipeline.objects.names import CHILD_KINDS


def test_no_rule_has_a_wildcard() -> None:
    words = {word for rule in rules() + lease_rules() for key in rule for word in rule[key]}
    assert not any("*" in word for word in words)


def test_every_kind_of_child_can_be_made_followed_and_deleted() -> None:
    verbs = {
        (group, resource): rule["verbs"]
        for rule in rules()
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    for kind in CHILD_KINDS:
        group = kind.api_version.rpartition("/")[0]
        assert {"list", "watch", "patch", "create", "delete"} <= set(verbs[group, f"{kind.name.lower()}s"])


def test_secrets_are_only_read_by_name() -> None:
    assert [rule["verbs"] for rule in rules() if "secrets" in rule["resources"]] == [["get"]]


def test_the_template_spells_every_list_out() -> None:
    (text,) = rbac_template().values()
    assert "&id" not in text  # helm's YAML has no anchors across named templates
