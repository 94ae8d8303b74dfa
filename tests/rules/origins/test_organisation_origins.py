"""Who gets which origin: persons none, organisations by the strongest statement."""

import re
from collections.abc import Mapping

import pytest

from hublake.rules.origins.curated_organisations import curated_organisations
from hublake.rules.origins.institution_names import named_institution
from hublake.rules.origins.organisation_origins import REPACKAGING_NAMES, is_repackaging_name, organisation_origin
from hublake.rules.origins.self_descriptions import stated_seat
from hublake.sample_hub.store import RepoType
from hublake.sample_hub.synthetic.accounts import synthetic_accounts, truth_of
from hublake.sample_hub.synthetic.words import organisation, person


@pytest.mark.parametrize("name", ["MIT", "ann", "Kyoto-University", "TheBloke"])
def test_a_user_gets_no_country_whatever_the_name_and_the_texts_say(name: str) -> None:
    found = organisation_origin(name, "user", "Kyoto University", "Based in Berlin. https://example.ac.uk")
    assert (found.institution, found.parent_institution, found.country, found.region) == (None, None, None, None)
    assert (found.kind, found.country_reason) == ("person", "person")


def test_no_row_of_the_list_gives_a_person_an_origin_and_each_organisation_has_a_country_or_a_reason() -> None:
    for name, row in ((name, row) for name, rows in curated_organisations().items() for row in rows):
        assert (row.country is None) == (row.country_reason is not None), name
        assert row.kind != "person" or (row.institution, row.country, row.country_reason) == (None, None, "person"), name
        assert row.country_reason != "person" or row.kind == "person", name


def test_an_account_that_was_not_crawled_has_an_origin_only_on_the_list() -> None:
    assert organisation_origin("stanford-university-fans", None, "Stanford University", "Based in Berlin").country is None
    assert organisation_origin("baai", None, None, None).country == "CN"


@pytest.mark.parametrize(
    ("name", "country", "kind"),
    [
        ("Massachusetts Institute of Technology (MIT)", "US", "university"),
        ("NLP Group, University of Oxford", "GB", "university"),
        ("Universität Stuttgart", "DE", "university"),
        ("University of New South Wales", "AU", "university"),
        ("American University of Beirut", "LB", "university"),
        ("Institut für Informatik, Universität Leipzig", "DE", "university"),
        ("東京大学", None, "university"),
        ("National Library of Norway", "NO", "government"),
        ("Tencent AI Lab", "CN", "company"),
        ("Example Holdings GmbH", None, "company"),
        ("University of Paris and University of Berlin", None, "university"),
    ],
)
def test_the_name_of_an_organisation_states_kind_and_country(name: str, country: str | None, kind: str) -> None:
    found = organisation_origin("x", "organisation", name, None)
    assert (found.country, found.kind) == (country, kind)


@pytest.mark.parametrize(
    "name",
    [
        "Paris Cats",
        "Georgia Peach",
        "Friends of Berlin",
        "Victoria",
        "Open Assistant Fans",
        "Nice Models",
        "Mali",
        "Jordan",
        "Orange Juice",
    ],
)
def test_a_place_alone_states_no_country(name: str) -> None:
    assert organisation_origin("x", "organisation", name, None).country is None


@pytest.mark.parametrize(
    ("details", "country"),
    [
        ("We are based in São Paulo.", "BR"),
        ("A Zurich-based company", "CH"),
        ("Headquartered in Munich, Germany; offices in Paris.", "DE"),
        ("https://lab.example.edu", "US"),
        ("See example.co.jp", "JP"),
        ("See example.ai, example.io and github.com/example", None),
        ("See a.example.de and b.example.fr", None),
        ("We fine-tune models of Stanford University and Tsinghua University", None),
        ("The speech group at Tsinghua University", "CN"),
        ("Based in Berlin. Also based in Paris.", None),
        ("", None),
    ],
)
def test_a_description_states_one_country_or_none(details: str, country: str | None) -> None:
    found = stated_seat(details)
    assert (found.country if found else None) == country


def test_name_and_description_that_disagree_are_ambiguous() -> None:
    found = organisation_origin("x", "organisation", "Kyoto University", "Based in Berlin")
    assert (found.country, found.country_reason, found.kind) == (None, "ambiguous", "university")


def test_re_packagers_are_marked_by_list_and_by_name_and_the_prefilter_finds_all_of_them() -> None:
    assert organisation_origin("TheBloke", "user", None, None).is_repackager
    for name in ("mlx-community", "someone-GGUF", "QuantFactory", "x_awq"):
        assert is_repackaging_name(name) or organisation_origin(name, None, None, None).is_repackager

    for name in ("a-gguf", "ggmlFiles", "My-Quants", "x_awq", "gptq.x", "some-community", "exl2-x", "mlx", "onnx-models"):
        assert is_repackaging_name(name) <= bool(re.search(REPACKAGING_NAMES, name.lower()))


def test_long_and_hostile_texts_are_read_in_bounded_time() -> None:
    hostile = "based in " * 20_000 + "a." * 20_000 + "-based" * 20_000
    assert stated_seat(hostile) is None
    assert named_institution("University of " * 40) is not None
    organisation_origin("x" * 10_000, "organisation", "(" * 100_000, hostile)


def test_seats_of_the_synthetic_hub_are_found_and_its_persons_have_none() -> None:
    names: list[tuple[str, Mapping[RepoType, int]]] = [
        (make(number), {"model": 1, "dataset": 0, "space": 0}) for number in range(300) for make in (organisation, person)
    ]
    for account in synthetic_accounts(names, seed=1):
        overview = account.overview or {}
        kind = account.kind if account.overview else None
        found = organisation_origin(account.name, kind, overview.get("fullname"), overview.get("details"))
        assert found.country == truth_of(account)["country"], account.name
