"""Where else a chapter can be opened."""

import pytest

from web import hosting_links

ADDRESS = "https://github.com/someone/a-course"


@pytest.fixture(autouse=True)
def _no_workflow(monkeypatch):
    for name in ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)


def test_a_configured_address_is_the_repository():
    assert hosting_links.repository(f"{ADDRESS}/") == ADDRESS


def test_without_one_it_is_the_repository_whose_workflow_builds_the_site(monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "a/fork")
    assert hosting_links.repository("") == "https://github.com/a/fork"
    assert hosting_links.repository(ADDRESS) == ADDRESS


def test_without_either_there_is_no_link():
    assert hosting_links.repository("") == ""
    assert hosting_links.hosted("", "main", "book/datasets.ipynb") == []


def test_colab_and_binder_open_the_notebook_of_the_chapter():
    links = {
        name: address for name, address, _ in hosting_links.hosted(ADDRESS, "main", "book/a.ipynb")
    }
    assert links == {
        "Colab": "https://colab.research.google.com/github/someone/a-course/blob/main/book/a.ipynb",
        "Binder": "https://mybinder.org/v2/gh/someone/a-course/main?urlpath=lab%2Ftree%2Fbook%2Fa.ipynb",
    }


def test_an_address_may_end_in_git_and_a_branch_may_have_a_slash():
    (_, colab, _), (_, binder, _) = hosting_links.hosted(f"{ADDRESS}.git", "a/b", "book/a.ipynb")
    assert "/someone/a-course/blob/a/b/book" in colab
    assert "/someone/a-course/a%2Fb?" in binder


def test_a_repository_elsewhere_than_on_github_has_no_such_links():
    assert hosting_links.hosted("https://gitlab.com/someone/a-course", "main", "book/a.ipynb") == []
