"""Settings come from the environment; a wrong one is a sentence that says what would be right."""

from datetime import time, timedelta

import pytest

from digest.errors import ConfigError
from digest.settings import Settings, read_settings, require_token

TOKEN = "123456:" + "A" * 35
SPOKEN = ("en", "vi")


def test_nothing_set_gives_the_defaults() -> None:
    assert read_settings({}, languages=SPOKEN) == Settings()


def test_an_empty_value_counts_as_not_set() -> None:
    assert read_settings({"POLL_INTERVAL": " ", "TELEGRAM_BOT_TOKEN": ""}, languages=SPOKEN) == Settings()


def test_every_setting_is_read() -> None:
    settings = read_settings(
        {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": "http://127.0.0.1:9000/",
            "POLL_INTERVAL": "2h",
            "DEFAULT_LANGUAGE": "VI",
            "DEFAULT_TIMEZONE": "Europe/Berlin",
            "DEFAULT_DELIVERY_TIME": "6:45",
            "ADMIN_IDS": "1, 2 3",
            "SEND_RATE": "5",
            "HOST": "0.0.0.0",
            "PORT": "9000",
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "JSON",
        },
        languages=SPOKEN,
    )
    assert settings == Settings(
        token=TOKEN,
        api_url="http://127.0.0.1:9000",
        poll_interval=timedelta(hours=2),
        language="vi",
        zone="Europe/Berlin",
        delivery_time=time(6, 45),
        admin_ids=frozenset({1, 2, 3}),
        send_rate=5.0,
        host="0.0.0.0",
        port=9000,
        log_level="DEBUG",
        log_format="json",
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("POLL_INTERVAL", "15", "write for example 15m"),
        ("POLL_INTERVAL", "10s", "the shortest is 1m"),
        ("HOST", "http://0.0.0.0/", "write for example 127.0.0.1"),
        ("DEFAULT_LANGUAGE", "fr", "the languages we speak: en, vi"),
        ("DEFAULT_TIMEZONE", "Hanoi", "IANA time zone"),
        ("DEFAULT_DELIVERY_TIME", "25:00", "is not an hour"),
        ("ADMIN_IDS", "@someone", "numeric Telegram ids"),
        ("SEND_RATE", "fast", "messages a second"),
        ("WEBHOOK_URL", "bot.example.org", "is not an address"),
        ("CONTACT_URL", "https://example.org/liên-hệ", "as a browser copies it"),
        ("CONTACT_URL", "https://example.org/a b", "as a browser copies it"),
        ("ADMIN_IDS", "99999999999999999999999", "are not numeric Telegram ids"),
        ("WEBHOOK_URL", "http://bot.example.org", "is not https"),
        ("PORT", "70000", "between 1 and 65535"),
        ("LOG_LEVEL", "loud", "none of DEBUG"),
    ],
)
def test_a_wrong_value_names_its_variable_and_what_would_be_right(name: str, value: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings({name: value}, languages=SPOKEN)
    assert name in str(caught.value)
    assert value in str(caught.value)
    assert says in str(caught.value)


def test_a_wrong_token_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings({"TELEGRAM_BOT_TOKEN": "my-secret"}, languages=SPOKEN)
    assert "my-secret" not in str(caught.value)


def test_the_repr_hides_the_secrets() -> None:
    settings = read_settings({"TELEGRAM_BOT_TOKEN": TOKEN, "WEBHOOK_SECRET": "hush-hush"}, languages=SPOKEN)
    assert TOKEN not in repr(settings)
    assert "hush-hush" not in repr(settings)


def test_a_missing_token_says_where_to_get_one() -> None:
    with pytest.raises(ConfigError, match="@BotFather"):
        require_token(read_settings({}, languages=SPOKEN))


def test_any_language_that_there_is_may_be_the_default() -> None:
    assert read_settings({"DEFAULT_LANGUAGE": "FR"}, languages=(*SPOKEN, "fr")).language == "fr"
