"""Where else a chapter can be opened, and what the pages may load."""

import base64
import hashlib

import pytest

from web import elsewhere, security

ADDRESS = "https://github.com/someone/a-course"


@pytest.fixture(autouse=True)
def _no_workflow(monkeypatch):
    for name in ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)


def test_a_configured_address_is_the_repository():
    assert elsewhere.repository(f"{ADDRESS}/") == ADDRESS


def test_without_one_it_is_the_repository_whose_workflow_builds_the_site(monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "a/fork")
    assert elsewhere.repository("") == "https://github.com/a/fork"
    assert elsewhere.repository(ADDRESS) == ADDRESS


def test_without_either_there_is_no_link():
    assert elsewhere.repository("") == ""
    assert elsewhere.hosted("", "main", "book/datasets.ipynb") == []


def test_colab_and_binder_open_the_notebook_of_the_chapter():
    links = {
        name: address for name, address, _ in elsewhere.hosted(ADDRESS, "main", "book/a.ipynb")
    }
    assert links == {
        "Colab": "https://colab.research.google.com/github/someone/a-course/blob/main/book/a.ipynb",
        "Binder": "https://mybinder.org/v2/gh/someone/a-course/main?urlpath=lab%2Ftree%2Fbook%2Fa.ipynb",
    }


def test_an_address_may_end_in_git_and_a_branch_may_have_a_slash():
    (_, colab, _), (_, binder, _) = elsewhere.hosted(f"{ADDRESS}.git", "a/b", "book/a.ipynb")
    assert "/someone/a-course/blob/a/b/book" in colab
    assert "/someone/a-course/a%2Fb?" in binder


def test_a_repository_elsewhere_than_on_github_has_no_such_links():
    assert elsewhere.hosted("https://gitlab.com/someone/a-course", "main", "book/a.ipynb") == []


def test_the_policy_lets_the_first_script_run_and_no_other():
    digest = hashlib.sha256(security.FIRST_SCRIPT.encode()).digest()
    policy = security.content_security_policy()
    assert (
        f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{base64.b64encode(digest).decode()}';"
        in policy
    )
    assert security.allowed_digest(security.FIRST_SCRIPT + " ") not in policy


def test_the_policy_names_no_other_server_and_no_script_from_a_string():
    policy = security.content_security_policy()
    assert policy.startswith("default-src 'none'; ")
    assert "http" not in policy and "*" not in policy and "'unsafe-eval'" not in policy
    assert policy.count("unsafe-inline") == 1 and "style-src 'self' 'unsafe-inline'" in policy
