"""A person at a page."""

from dataclasses import dataclass

from playwright.sync_api import Page, expect


@dataclass
class Hand:
    """Uses a page as a person does, and counts."""

    page: Page
    clicks: int = 0
    fields: int = 0

    def click(self, selector: str) -> None:
        self.page.locator(selector).click()
        self.clicks += 1

    def type(self, selector: str, text: str) -> None:
        self.click(selector)
        self.page.keyboard.type(text)
        self.fields += 1

    def go_on(self, text: str) -> None:
        """Type in the next field, reached by the Tab key."""
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(text)
        self.fields += 1

    def choose(self, selector: str, text: str, name: str) -> None:
        """Type part of a name and take the first suggestion with the keyboard."""
        self.type(selector, text)
        expect(self.page.locator(".suggestions [role=option]").first).to_contain_text(name)
        self.page.keyboard.press("ArrowDown")
        expect(self.page.locator(".suggestions [aria-selected=true]")).to_contain_text(name)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(selector)).to_have_value(name)

    def select(self, selector: str, value: str) -> None:
        self.page.locator(selector).select_option(value)
        self.clicks += 2
        self.fields += 1
