"""A sentence that leaves out a limit of its passage is unclear: it is judged or marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.checking.checking import CheckOutcome
from bot.answering.checking.omissions import changes_limits
from bot.answering.words.roles import read
from tests.bot.answering.checking.test_relations import decision_on, passage

DEPLOY = "You may deploy on Friday if the on-call engineer agrees."
REFUNDS = "If the customer sends the receipt, refunds are paid within 14 days."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (DEPLOY, "You may deploy on Friday."),
        (REFUNDS, "Refunds are paid within 14 days."),
        ("You may park here provided that you have a badge.", "You may park here."),
        ("You may park here as long as you have a badge.", "You may park here."),
        ("Sie d\u00fcrfen parken, wenn Sie einen Ausweis haben.", "Sie d\u00fcrfen parken."),
        ("The desk is open every day, but not on Mondays.", "The desk is open every day."),
        ("Send the form to HR, not to IT.", "Send the form to IT, not to HR."),
        ("The gym is open to staff (not to visitors).", "The gym is open to staff."),
        ("Park in the yard, not in front of the gate.", "Park in the yard."),
        ("Visitors need a badge or an escort.", "Visitors need a badge and an escort."),
        ("Store the samples at -20 degrees.", "Store the samples at 20 degrees."),
        ("The load must be < 5.", "The load must be > 5."),
        ("The style guide covers C++.", "The style guide covers C#."),
        (
            "Trains are preferred over planes for journeys under four hours.",
            "Trains are preferred over planes for journeys over four hours.",
        ),
        ("A key must have at least 14 letters.", "A key must have 14 letters."),
        ("Phones other than ours are not allowed.", "Phones are not allowed."),
        ("Guests cannot merge drafts. Drafts are exempt.", "Drafts are not exempt."),
        ("Can I bring my dog?", "You can bring your dog."),
        ("Q: Can I bring my dog? A: No.", "You can bring your dog."),
        (
            "Is the office open on Sunday? The office is closed on Sunday.",
            "The office is open on Sunday.",
        ),
        ("Can I expense lunch? You can expense travel.", "You can expense lunch."),
        ("When a supervisor is present, you may enter the lab.", "You may enter the lab."),
        ("Once you have completed the training, you may enter.", "You may enter."),
        (
            "If the invoice is above 500 euros and a manager agrees, you may pay by card.",
            "You may pay by card if the invoice is above 500 euros.",
        ),
        (
            "If you ride to work please lock the bike in the shed and keep the key.",
            "Lock the bike in the shed and keep the key.",
        ),
        (
            "If it is the first, and if cars block the gate, then the guard calls the city.",
            "The guard calls the city.",
        ),
        ("The hall stays closed until the inspection is over.", "The hall stays closed."),
        ("The gate is open 9am-5pm.", "The gate opens at 5pm."),
        ("Buy 3 to 5 lamps.", "Buy 5 lamps."),
        ("Call the night desk in the event that the lift is stuck.", "Call the night desk."),
        ("Phone bills are not repaid while on leave.", "Phone bills are not repaid."),
        ("Store the samples at \u201320 degrees.", "Store the samples at 20 degrees."),
        ("Store the samples at minus 20 degrees.", "Store the samples at 20 degrees."),
        ("Gifts are allowed subject to approval.", "Gifts are allowed."),
        ("A new key is 4 euros. Not charged for guests.", "A new key is 4 euros."),
        (
            "Exception: repair of a line. The guard may order lamps by phone.",
            "The guard may order lamps by phone.",
        ),
        (
            "Nobody signs unless the van leaves today; then the cook has to say yes.",
            "The cook has to say yes.",
        ),
        ("Orders need the cook and the guard.", "Orders need the cook or the guard."),
    ],
)
def test_what_limits_a_sentence_may_not_be_left_out_or_exchanged(text: str, sentence: str) -> None:
    assert decision_on(sentence, passage(text)) is CheckOutcome.UNCLEAR


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (DEPLOY, DEPLOY),
        (DEPLOY, "On Friday you may deploy if the on-call engineer agrees."),
        (f"{DEPLOY} The release manager tells the teams.", "The release manager tells the teams."),
        ("The desk is open every day, but not on Mondays.", "The desk is not open on Mondays."),
        ("Send the form to HR, not to IT.", "Send the form to HR, not to IT."),
        ("Visitors need a badge or an escort.", "Visitors need a badge or an escort."),
        ("Visitors need a badge and a guide or an escort.", "Visitors need a badge."),
        ("The style guide covers C++ and Go.", "The style guide covers C++ and Go."),
        ("Store the samples at -20 degrees.", "The samples: store at -20 degrees."),
        ("Uploads must be <= 5 MB.", "Uploads must be \u2264 5 MB."),
        ("Take 5-10 samples. Store 10 of them.", "Store 10 of them."),
        ("If it rains, stay in. Lock the bike in the shed.", "Lock the bike in the shed."),
        (
            "If you ride to work please lock the bike in the shed.",
            "If you ride to work, lock the bike in the shed.",
        ),
        ("The hall stays closed until Monday.", "Until Monday the hall stays closed."),
        ("The gate is open 9am-5pm.", "The gate is open from 9am to 5pm."),
        ("Take 3 to 5 lamps. Carry 5 of them.", "Carry 5 of them."),
        ("Where is the desk? The desk is in the hall.", "The desk is in the hall."),
        ("The van leaves today; then the cook signs.", "The van leaves; then the cook signs."),
    ],
)
def test_the_rest_of_a_passage_limits_nothing(text: str, sentence: str) -> None:
    assert not changes_limits(sentence, read(sentence), text, read(text))


@given(st.text(max_size=80))
def test_a_text_without_a_question_changes_nothing_of_itself(text: str) -> None:
    stated = text.replace("?", ".")

    assert not changes_limits(stated, read(stated), stated, read(stated))
