import pytest

from components import guide


class TestPage:
    def test_the_first_heading_is_the_title(self) -> None:
        page = guide.page_of("one", "# One *page*\n\nHello\n\n## First part\n\n### Deeper\n")

        assert page.title == "One *page*"
        assert [(each.title, each.anchor) for each in page.sections] == [
            ("First part", "first-part")
        ]
        assert page.anchors == {"first-part", "deeper"}
        assert page.html == (
            '<p>Hello</p>\n<h2 id="first-part">First part</h2>\n<h3 id="deeper">Deeper</h3>\n'
        )

    def test_markup_is_shown_and_not_obeyed(self) -> None:
        page = guide.page_of("one", "# One\n\n<script>alert(1)</script> <b>x</b>\n")

        assert "<script>" not in page.html
        assert "&lt;b&gt;x&lt;/b&gt;" in page.html

    def test_a_wide_table_scrolls_by_itself_and_says_what_it_is(self) -> None:
        page = guide.page_of("one", "# One\n\n## Statuses\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")

        assert (
            '<div class="table-responsive" tabindex="0" role="region" aria-label="Statuses">'
            in page.html
        )
        assert page.html.count("<div") == page.html.count("</div>") == 1

    @pytest.mark.parametrize("text", ["", "No heading", "## Second level"])
    def test_a_page_without_a_title_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="without a title"):
            guide.page_of("one", text)

    @pytest.mark.parametrize("name", ["../secrets", "One", "a b", ""])
    def test_a_name_that_cannot_stand_in_an_address_is_refused(self, name: str) -> None:
        with pytest.raises(ValueError, match="address"):
            guide.page_of(name, "# One")


def test_every_file_of_the_guide_is_a_page() -> None:
    assert "customers" in guide.pages()
    assert all(page.sections for page in guide.pages().values())
