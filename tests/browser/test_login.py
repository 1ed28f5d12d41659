"""Who is let in, and how they get out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from browser.rig import TOKEN, Site, Watch, log_in, shoot

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


def test_nothing_is_seen_before_the_login(guest: Page, site: Site) -> None:
    """Any page leads to the login, and from there on to where one wanted to go."""
    guest.goto(f"{site.address}/queries/sessions?source=live")
    expect(guest.get_by_label("Token")).to_be_visible()
    shoot(guest, "login")
    guest.get_by_label("Your name").fill("Ana")
    guest.get_by_label("Token").fill(TOKEN)
    guest.get_by_role("button", name="Log in").click()
    expect(guest).to_have_url(f"{site.address}/queries/sessions?source=live")
    expect(guest.get_by_text("Logged in as Ana")).to_be_visible()


def test_a_wrong_token_is_told(guest: Page, site: Site, watch: Watch) -> None:
    """With a wrong token one stays at the form, which says so and does not show what was typed."""
    watch.expected = {403}
    log_in(guest, site, token="no-such-token-of-the-pages")
    expect(guest.get_by_role("alert")).to_have_text("That is not the token.")
    expect(guest.get_by_label("Your name")).to_have_value("Ana Lyst")
    assert "no-such-token" not in guest.content()
    shoot(guest, "login-wrong")


def test_a_logout_ends_the_session_for_good(page: Page, context: BrowserContext, site: Site) -> None:
    """After the logout nothing is seen, and the session's cookie is worth nothing to whoever has kept it."""
    kept = context.cookies()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Token")).to_be_visible()
    context.add_cookies([{"name": each["name"], "value": each["value"], "url": site.address} for each in kept])
    page.goto(f"{site.address}/queries")
    expect(page.get_by_label("Token")).to_be_visible()


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(page: Page, context: BrowserContext) -> None:
    """The session's cookie is HttpOnly and SameSite=Strict, and no script of a page sees it."""
    (cookie,) = [cookie for cookie in context.cookies() if cookie["name"] == "indexer_session"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert page.evaluate("document.cookie") == ""


def test_a_link_from_elsewhere_does_not_ask_again(page: Page, site: Site) -> None:
    """One who is logged in and follows a link of another site, with which no cookie comes, sees what it leads to."""
    page.goto(f"{site.callbacks}/healthz")
    page.set_content(f'<a href="{site.address}/queries/sessions">look</a>')
    page.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sessions")
