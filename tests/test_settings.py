"""The settings from the environment: refused where insecure, each fault named, all at once."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import global_settings
from environs import EnvValidationError

from tests.processes import PRODUCTION, ROOT, load_settings, run_bare

_DATABASE = {"DATABASE_URL": "postgresql://talk@db.london.example/talk"}
_GOOD = PRODUCTION | _DATABASE
_KEYS = {name: PRODUCTION[name] for name in ("SECRET_KEY", "ENCRYPTION_KEYS")}
_LOCAL = {"TALK_LONDON_LOCAL": "1", **_KEYS, **_DATABASE}
_NEEDED = (
    "SECRET_KEY",
    "ENCRYPTION_KEYS",
    "DATABASE_URL",
    "ALLOWED_HOSTS",
    "SITE_URL",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_URL",
)


def shown(environment: dict[str, str], *names: str) -> dict[str, Any]:
    settings = load_settings(environment)
    return {name: settings.get(name, getattr(global_settings, name, None)) for name in names}


def faults(environment: dict[str, str]) -> list[str]:
    with pytest.raises(EnvValidationError) as refusal:
        load_settings(environment)
    return list(refusal.value.error_messages)


def manage(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_good_values_start_the_service() -> None:
    done = manage(_GOOD)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_right_by_default_and_all_of_it_is_named_at_once() -> None:
    done = manage({})
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "The settings in the environment are wrong:",
        *(f"  {name}: Environment variable not set." for name in _NEEDED),
    ]


@pytest.mark.parametrize("name", _NEEDED)
def test_each_value_is_needed(name: str) -> None:
    missing = {key: value for key, value in _GOOD.items() if key != name}
    assert faults(missing) == [name]
    assert faults(_GOOD | {name: ""}) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TALK_LONDON_LOCAL", "maybe"),
        ("SECRET_KEY", "x" * 49),
        ("ENCRYPTION_KEYS", "x" * 100),
        ("ENCRYPTION_KEYS", f"{PRODUCTION['ENCRYPTION_KEYS']},short"),
        ("SECRET_KEY", "x" * 100),
        ("SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz"),
        ("DATABASE_URL", "sqlite:///talk.db"),
        ("DATABASE_URL", "mysql://talk@db/talk"),
        ("DATABASE_URL", "postgresql://db"),
        ("DATABASE_URL", "postgresql://db:port/talk"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "talk.london.example,*"),
        ("ALLOWED_HOSTS", "talk.london.example,"),
        ("ALLOWED_HOSTS", "https://talk.london.example"),
        ("ALLOWED_HOSTS", "talk.london.example:443"),
        ("SITE_URL", "http://talk.london.example"),
        ("SITE_URL", "https://talk.london.example/"),
        ("SITE_URL", "https://user@talk.london.example"),
        ("SITE_URL", "https://talk.london.example\n"),
        ("SITE_URL", "https://other.example"),
        ("DEFAULT_FROM_EMAIL", "talk"),
        ("DEFAULT_FROM_EMAIL", "a@b.example\nBcc: c@d.example"),
        ("EMAIL_URL", "console:"),
        ("EMAIL_URL", "dummymail://mail"),
        ("EMAIL_URL", "smtp://mail:port"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "many"),
        ("POSTS_OF_MEMBER", "0"),
        ("POSTS_ON_SITE", "1.5"),
        ("SECURITY_CONTACT", "javascript:alert(1)"),
        ("SECURITY_CONTACT", "https://a.example\nPolicy: x"),
    ],
)
def test_a_weak_or_broken_value_is_named(name: str, value: str) -> None:
    assert faults(_GOOD | {name: value}) == [name]


def test_a_secret_is_never_told() -> None:
    broken = {"SECRET_KEY": "hunter2", "DATABASE_URL": "mysql://talk:hunter2@db/talk"}
    broken["EMAIL_URL"] = "mail://talk:hunter2@mail"
    assert "hunter2" not in manage(_GOOD | broken).stderr


def test_the_hosts_may_stand_apart() -> None:
    hosts = {"ALLOWED_HOSTS": "talk.london.example, .london.example"}
    assert shown(_GOOD | hosts, "ALLOWED_HOSTS")["ALLOWED_HOSTS"] == [
        "talk.london.example",
        ".london.example",
    ]


def test_outside_local_use_cookies_and_redirects_are_for_https_alone() -> None:
    settings = shown(
        _GOOD,
        "DEBUG",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "SESSION_COOKIE_SECURE",
        "SESSION_COOKIE_NAME",
        "SESSION_COOKIE_DOMAIN",
        "SESSION_COOKIE_PATH",
        "SESSION_COOKIE_HTTPONLY",
        "CSRF_COOKIE_SECURE",
        "CSRF_COOKIE_NAME",
        "CSRF_COOKIE_DOMAIN",
        "CSRF_COOKIE_PATH",
        "CSRF_COOKIE_HTTPONLY",
        "SECURE_PROXY_SSL_HEADER",
    )
    assert settings == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 63_072_000,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_PATH": "/",
        "CSRF_COOKIE_HTTPONLY": True,
        "SECURE_PROXY_SSL_HEADER": None,
    }


def test_a_proxy_is_believed_only_where_it_is_named() -> None:
    settings = shown(
        _GOOD | {"TRUSTED_PROXIES": "2"}, "SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT"
    )
    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert settings["ALLAUTH_TRUSTED_PROXY_COUNT"] == 2


def test_mail_goes_where_the_environment_says() -> None:
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")
    mail = {"EMAIL_URL": "submission://talk:p%40ss@mail.london.example"}
    assert shown(_GOOD | mail, *names) == dict(
        zip(names, ["mail.london.example", 587, True, "talk", "p@ss"], strict=True)
    )


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"ALLOWED_HOSTS": "*"},
        {"ALLOWED_HOSTS": "talk.london.example", "SITE_URL": "https://talk.london.example"},
    ],
)
def test_a_local_service_answers_to_this_machine_alone(extra: dict[str, str]) -> None:
    settings = shown(_LOCAL | extra, "ALLOWED_HOSTS", "SITE_URL", "DEBUG")
    assert settings == {
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]", "testserver"],
        "SITE_URL": "",
        "DEBUG": False,
    }


def test_a_local_service_may_be_told_where_it_stands() -> None:
    told = {"TALK_LONDON_ADDRESS": "http://localhost:8123"}
    assert shown(_LOCAL | told, "SITE_URL") == {"SITE_URL": "http://localhost:8123"}
    assert shown(_GOOD | told, "SITE_URL") == {"SITE_URL": "https://talk.london.example"}
    for other in ("https://talk.london.example", "http://localhost.evil", "http://localhost:1/x"):
        assert faults(_LOCAL | {"TALK_LONDON_ADDRESS": other}) == ["TALK_LONDON_ADDRESS"]


_ROUTES = """
import django
django.setup()
from django.urls import Resolver404, resolve
try:
    print(resolve("/outbox/").url_name)
except Resolver404:
    print("none")
"""


def test_the_outbox_is_a_page_on_a_local_machine_alone() -> None:
    assert run_bare(_ROUTES, environment=_LOCAL).stdout == "outbox\n"
    assert run_bare(_ROUTES, environment=_GOOD).stdout == "none\n"
