"""How entries of the trail read."""

import string

import pytest
from django.utils.translation import gettext_lazy

from audit import sentences
from tests.factories.audit import AuditEntryFactory


def test_an_entry_reads_as_a_sentence_with_its_actor_and_subject() -> None:
    entry = AuditEntryFactory.build(actor_name="Dana Miller", subject_name="“Welcome”")

    assert sentences.sentence(entry) == "Dana Miller sent “Welcome” again"


def test_without_an_actor_it_was_the_portal() -> None:
    entry = AuditEntryFactory.build(actor_name="", subject_name="it")

    assert sentences.sentence(entry) == "The portal sent it again"


def test_an_action_that_is_gone_keeps_its_bare_name() -> None:
    entry = AuditEntryFactory.build(action="moon.landed")

    assert sentences.sentence(entry) == "Dana Miller moon.landed"


@pytest.mark.parametrize(
    "name", ["{subject}", "%(actor)s", "{0.__class__}", "<b>{{ x }}</b>", "٪ 𝄞"]
)
def test_names_are_printed_as_they_are(name: str) -> None:
    entry = AuditEntryFactory.build(actor_name=name, subject_name=name)

    assert sentences.sentence(entry) == f"{name} sent {name} again"


def test_every_described_action_is_well_named_and_holds_nothing_but_its_subject() -> None:
    for action, words in sentences.described().items():
        noun, _dot, deed = action.partition(".")
        assert noun.isidentifier()
        assert deed.isidentifier()
        fields = {name for _text, name, _spec, _conversion in string.Formatter().parse(str(words))}
        assert fields <= {"subject", None}, action


def test_describing_an_action_again_in_the_same_words_is_fine_and_in_others_is_refused() -> None:
    known = sentences.described()

    sentences.describe({"mail.resent": gettext_lazy("sent {subject} again")})
    with pytest.raises(ValueError, match="described already"):
        sentences.describe({"mail.resent": "did something else with {subject}"})

    assert sentences.described() == known


def test_changes_carry_the_labels_and_choices_of_the_field() -> None:
    entry = AuditEntryFactory.build(
        subject_type="notifications.outgoingmail", changes={"state": ["queued", "sent"]}
    )

    assert sentences.changes(entry) == [sentences.Change("State", "Queued", "Sent")]


def test_a_change_that_no_model_names_keeps_what_it_was_called_then() -> None:
    entry = AuditEntryFactory.build(
        changes={"field.tier": ["Silver", "Gold"]}, labels={"field.tier": "support tier"}
    )

    assert sentences.changes(entry) == [sentences.Change("support tier", "Silver", "Gold")]


@pytest.mark.parametrize("subject_type", ["gone.model", "nonsense", ""])
def test_changes_of_a_model_that_is_gone_are_readable(subject_type: str) -> None:
    entry = AuditEntryFactory.build(subject_type=subject_type, changes={"brand_color": ["", None]})

    assert sentences.changes(entry) == [sentences.Change("Brand color", "", "")]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("a", "b", "Name: a → b"),
        ("", "b", "Name: b"),
        ("a", "", "Name: a → empty"),
        ("%(new)s", "{x}", "Name: %(new)s → {x}"),
    ],
)
def test_a_change_reads_from_old_to_new(old: str, new: str, shown: str) -> None:
    assert str(sentences.Change("Name", old, new)) == shown


def test_yes_and_no_are_words() -> None:
    entry = AuditEntryFactory.build(changes={"enabled": [False, True]})

    assert sentences.changes(entry) == [sentences.Change("Enabled", "no", "yes")]
