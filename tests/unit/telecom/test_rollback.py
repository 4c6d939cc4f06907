"""Which revision a rollback by hand chooses, and the patch that restores it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operators.telecom_pipeline.upgrade.revisions import Revision, remember
from telecom.pipelines.rollback import RollbackError, choose_revision, replacement

OLD, NEW = {"image": {"tag": "old"}}, {"image": {"tag": "new"}}
REVISIONS = (Revision(1, OLD), Revision(4, NEW))


@pytest.mark.parametrize(
    ("spec", "wanted", "number"),
    [(NEW, 0, 1), (OLD, 0, 4), ({"image": {"tag": "bad"}}, 0, 4), ({**NEW, "paused": True}, 0, 1), (NEW, 4, 4)],
)
def test_the_newest_other_revision_is_chosen_unless_one_is_named(
    spec: dict[str, object], wanted: int, number: int
) -> None:
    assert choose_revision(REVISIONS, spec, wanted).number == number


def test_without_a_revision_to_go_back_to_the_known_ones_are_named() -> None:
    with pytest.raises(RollbackError, match="1, 4"):
        choose_revision(REVISIONS, NEW, 3)
    with pytest.raises(RollbackError, match="none"):
        choose_revision((), NEW, 0)


VALUES = st.recursive(
    st.integers() | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
SPECS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


@given(SPECS, SPECS)
def test_the_patch_makes_one_spec_into_the_other(before: dict[str, object], after: dict[str, object]) -> None:
    assert merged(before, replacement(before, after)) == after


def merged(target: object, patch: object) -> object:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def test_a_spec_is_kept_once_and_only_the_newest_few() -> None:
    revisions: tuple[Revision, ...] = ()
    for number in range(1, 9):
        revisions = remember(revisions, Revision(number, {"image": {"tag": str(number)}}))
    revisions = remember(revisions, Revision(9, {"image": {"tag": "6"}}))
    assert [revision.number for revision in revisions] == [4, 5, 7, 8, 9]
