"""Numbers and dates that a writer works out from a page, and statements turned around."""

from __future__ import annotations

import pytest

from bot.answering.checking.calculating import calculated
from bot.answering.checking.checking import CheckOutcome
from bot.answering.words.quantities import quantities
from tests.bot.answering.checking.test_relations import decision_on, passage


@pytest.mark.parametrize(
    ("page", "true", "false"),
    [
        (
            "You earn 7 points for each sold ticket.",
            "With 4 tickets you have 28 points.",
            "With 4 tickets you have 29 points.",
        ),
        (
            "The deposit is 30 % of the rent. The rent is $900.",
            "So the deposit is $270, 30% of the rent.",
            "So the deposit is $280, 30% of the rent.",
        ),
        (
            "Skis are covered up to 1 % of the sum.",
            "With a sum of $40,000 that would be $400.",
            "With a sum of $40,000 that would be $500.",
        ),
        (
            "The pool is cleaned every 8 hours.",
            "The pool is cleaned three times a day.",
            "The pool is cleaned four times a day.",
        ),
        (
            "The climb took 3 h 15 min.",
            "The climb took 3 hours and 15 minutes.",
            "The climb took 3 hours and 25 minutes.",
        ),
        (
            "The climb took 3 h 15 min.",
            "The climb took three and a quarter hours.",
            "The climb took three and a half hours.",
        ),
        (
            "The target is 5 hours. The climb took 3 h 15 min.",
            "That's 1 hour and 45 minutes below the target.",
            "That's 1 hour and 55 minutes below the target.",
        ),
        (
            "A ticket is needed from the fourth stop.",
            "For the first three stops you need no ticket.",
            "For the first 16 stops you need a ticket.",
        ),
        (
            "Reviews begin on April 3, 2025. They end on May 2.",
            "They end 29 days later.",
            "They end 31 days later.",
        ),
        (
            "Reviews begin on 3 April. They end on 17th of April.",
            "They begin two weeks before they end.",
            "They begin five weeks before they end.",
        ),
        (
            "Retry after 20 s and double the delay each time.",
            "It waits 20, 40 and 80 seconds.",
            "It waits 20, 50 and 90 seconds.",
        ),
        (
            "Set `lockTimeoutSeconds: 240`.",
            "The lock times out after 4 minutes.",
            "The lock times out after 5 minutes.",
        ),
        (
            "The guard is there from 21:00 to 05:00.",
            "The guard is there for 8 hours.",
            "The guard is there for 9 hours.",
        ),
        (
            "The fare goes up from 80 to 200 points.",
            "That is an increase of 150%.",
            "That is an increase of 140%.",
        ),
        (
            "A table seats 12 guests and costs $90.",
            "So that's $7.50 a guest.",
            "So that's $8.50 a guest.",
        ),
        (
            "The ferry leaves at 23:30 and takes 3 hours 20 minutes.",
            "The ferry arrives at about 02:50.",
            "The ferry arrives at about 02:30.",
        ),
        (
            "Ring the pier 3 hours before you land.",
            "So if you land at 2 pm, ring the pier by 11 am.",
            "So if you land at 2 pm, ring the pier by 10 am.",
        ),
        (
            "The rent of a boat is $1,200 a year.",
            "The rent of a boat is $100 a month.",
            "The rent of a boat is $110 a month.",
        ),
        (
            "Maps are kept for 10 years, letters for 30.",
            "So letters are kept for 20 years longer.",
            "So letters are kept for 25 years longer.",
        ),
        (
            "The hall is open from 9:00 to 12:00.",
            "The hall is open for three hours, from 9 to noon.",
            "The hall is open for four hours, from 9 to noon.",
        ),
        (
            "First day: $21. Other days: $35.",
            "A three-day trip comes to $91 (21 + 35 + 35).",
            "A three-day trip comes to $92 (21 + 35 + 35).",
        ),
    ],
)
def test_a_number_that_can_be_worked_out_is_no_contradiction_and_another_is(
    page: str, true: str, false: str
) -> None:
    assert decision_on(true, passage(page)) is CheckOutcome.UNCLEAR
    assert decision_on(false, passage(page)) is CheckOutcome.CONTRADICTED


@pytest.mark.parametrize(
    ("page", "question", "true", "false"),
    [
        (
            "Report leaks within 9 days.",
            "I saw a leak 5 days ago, am I late?",
            "You still have 4 days to report the leak.",
            "You still have 3 days to report the leak.",
        ),
        (
            "Drying takes 3 days, firing takes 6 days.",
            "My pot has been drying for 2 days, when is it fired?",
            "Drying and firing take 9 days, so 7 days are to go.",
            "Drying and firing take 9 days, so 10 days are to go.",
        ),
    ],
)
def test_a_number_is_worked_out_from_the_question_and_from_one_worked_out_before(
    page: str, question: str, true: str, false: str
) -> None:
    assert decision_on(true, passage(page), question=question) is CheckOutcome.UNCLEAR
    assert decision_on(false, passage(page), question=question) is CheckOutcome.CONTRADICTED


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("The limit is 400 letters per second.", "The limit is 400 letters per minute."),
        ("Use it if 50 % of the text is new.", "Use it if more than 25% of the text is new."),
        ("Keys are kept for 30 days.", "Keys are kept for 60 days."),
    ],
)
def test_a_number_of_the_page_alone_is_not_multiplied(page: str, sentence: str) -> None:
    assert decision_on(sentence, passage(page)) is CheckOutcome.CONTRADICTED


@pytest.mark.parametrize(
    "sentence",
    [
        "So 45 euros by 20 dollars makes 900 euros.",
        "So 45 euros by 30 euros makes 1,350 euros.",
        "A boat is 45 euros and the fee 20 dollars, 65 euros in total.",
    ],
)
def test_sums_of_money_are_not_multiplied_and_currencies_not_added(sentence: str) -> None:
    page = passage("A boat is 45 euros, and with a cabin 30 euros more. The fee is 20 dollars.")

    assert decision_on(sentence, page) is CheckOutcome.CONTRADICTED


@pytest.mark.parametrize("stated", ["75%", "75 per cent", "75 per-cent", "seventy-five per cent"])
@pytest.mark.parametrize("claimed", ["75 %", "75 percent", "75 per cent"])
def test_a_share_is_the_same_however_it_is_written(stated: str, claimed: str) -> None:
    page = passage(f"Of a late cancellation, {stated} of the fee is lost.")
    claim = "Of a late cancellation, {} of the fee is lost."

    assert decision_on(claim.format(claimed), page) is CheckOutcome.SUPPORTED
    assert decision_on(claim.format("70 per cent"), page) is CheckOutcome.CONTRADICTED


def test_dates_of_an_example_are_no_contradiction_if_the_passage_names_none() -> None:
    example = "So if you return on 1 March, send the form by 31 March."

    years = "So a map from June 2031 is kept until the end of 2037."

    assert decision_on(example, passage("Send the form within 30 days.")) is CheckOutcome.UNCLEAR
    assert decision_on(years, passage("Maps are kept for six years.")) is CheckOutcome.UNCLEAR
    dated = passage("Send the form by 15 February.")
    assert decision_on(example, dated) is CheckOutcome.CONTRADICTED


def test_days_of_the_week_are_no_contradiction_of_weekdays() -> None:
    text = "The desk is open Monday to Friday."

    assert decision_on(text, passage("The desk is open on weekdays.")) is CheckOutcome.UNCLEAR
    sundays = passage("The desk is open on Sundays.")
    assert decision_on(text, sundays) is CheckOutcome.CONTRADICTED


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (
            "Usually the lid was open, or the fan failed.",
            "If the lid was not open, the fan failed.",
        ),
        ("Parcels are weighed if they are larger than 5 kg.", "Parcels over 5 kg are weighed."),
        ("Only cooks open the cellar.", "Unless you are a cook, you can't open the cellar."),
        ("On Sundays only cooks bake.", "On Sundays don't bake, unless you are a cook."),
        (
            "Send the form within 9 days of the visit.",
            "You have 9 days after the visit to send the form.",
        ),
        ("No parcel is sent on Sundays.", "You can't send any parcel at all on Sundays."),
        ("Harbour fees are paid by the guest.", "Any harbour fees are on the guest."),
        ("Only then start the oven.", "Then you can start the oven."),
        ("Tools are kept in the zone north-1.", "Also kept: tools in north-1."),
    ],
)
def test_a_statement_turned_around_is_neither_verified_nor_a_contradiction(
    page: str, sentence: str
) -> None:
    assert decision_on(sentence, passage(page)) is CheckOutcome.UNCLEAR


def test_a_setting_has_the_unit_in_its_name() -> None:
    [seconds] = quantities("`lockTimeoutSeconds: 240`")
    [megabytes] = quantities("max_size_mb = 5")

    assert seconds.sizes == quantities("4 minutes")[0].sizes
    assert megabytes.sizes == quantities("5 MB")[0].sizes


def test_many_numbers_are_worked_out_in_bounded_memory() -> None:
    text = "So: " + " ".join(f"{number} h 5 min, 2 kg," for number in range(3000))

    assert len(calculated(text, [text], [text], text)) < 100_000
