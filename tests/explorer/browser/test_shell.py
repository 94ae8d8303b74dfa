"""What all pages have: navigation, search, colours, downloads, and the states of a page."""

from tests.explorer.browser import facts
from tests.explorer.browser.conftest import MODELS, Open


def test_an_unknown_page_and_missing_data_are_one_sentence(open_explorer: Open, map_url: str) -> None:
    window = open_explorer(map_url)
    window.expect_fault("404")  # the browser reports a missing file itself
    page = window.go("#/nowhere")
    assert page.get_by_role("alert").inner_text() == "The explorer has no page “nowhere”. Choose one above."
    assert window.axe() == []
    page.route("**/positions.u16.gz", lambda route: route.fulfill(status=404, body=""))
    page = window.go("#/map")
    assert page.get_by_role("alert").inner_text() == "The map is not in these data (data/map/positions.u16.gz)."


def test_the_keyboard_reaches_the_content_the_pages_and_the_search(open_explorer: Open, map_url: str) -> None:
    page = open_explorer(map_url).go("#/nowhere")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page"
    page.get_by_role("link", name="Map").focus()
    page.keyboard.press("Enter")
    page.locator("nav a[aria-current='page']", has_text="Map").wait_for()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("nobody/nothing")
    page.get_by_text("has this in its name").wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".results").is_hidden()


def test_a_model_without_known_relatives_is_found_on_the_server_and_named_in_full_elsewhere(open_explorer: Open, map_url: str) -> None:
    window = open_explorer(map_url)
    window.expect_fault("404")  # the data of the test have no shards
    page = window.go("#/Nowhere")
    page.locator("#search").fill("<b>merge")
    page.get_by_role("option", name=f"{facts.MODEL} no known relatives").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=facts.MODEL, level=1).wait_for()
    assert (page.locator("#search").input_value(), page.evaluate("document.activeElement.id")) == ("", "page")
    page.route("**/data/manifest.json", lambda route: route.fulfill(json=route.fetch().json() | {"server": False}))
    page.reload()
    page.locator("#search").fill("<b>merge")
    page.get_by_text(f"None of {MODELS:,} connected models has this in its name; others open by their full name.").wait_for()


def test_a_choice_of_colours_lasts(open_explorer: Open, map_url: str) -> None:
    page = open_explorer(map_url, theme="light").go("#/nowhere")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Colours").click()
    page.get_by_role("button", name="Colours").click()
    assert page.evaluate(background) != light
    page.reload()
    page.locator("body[data-ready='1']").wait_for()
    assert page.evaluate(background) != light
    assert page.get_by_role("button", name="Colours").inner_text() == "Dark"
