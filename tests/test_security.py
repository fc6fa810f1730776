"""What the pages may load: the policy that each of them carries."""

import base64
import hashlib

from web import security


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
