"""The page's server: what it shows, what it does, and whom it refuses."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from digest.errors import ConfigError
from playground.acts import Acts
from playground.botapi import BotApi
from playground.clockwork import Clockwork, DemoClock
from playground.newsstand import Newsstand
from playground.pageserver import PageServer

#: As much of a picture, 3 by 2 pixels, as tells its size.
PNG = bytes.fromhex("89504e470d0a1a0a0000000d494844520000000300000002")
NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)


class Idle:
    """A bot with nothing to deliver, which notes when it was asked."""

    def __init__(self, clock):
        self.clock = clock
        self.asked = []

    async def deliver(self):
        self.asked.append(("deliver", self.clock()))

    async def poll(self):
        self.asked.append(("poll", self.clock()))


async def never():
    return None


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(now=lambda: NOW) as opened:
        yield opened


@pytest.fixture
async def page(api: BotApi) -> AsyncIterator[PageServer]:
    clock = DemoClock(lambda: NOW)
    async with Newsstand(NOW) as stand:
        acts = Acts(api, Clockwork(clock, Idle(clock), stand, next_due=never))
        async with PageServer(api, acts, stand, extra=lambda: {"sites": stand.sites}) as opened:
            yield opened


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def do(http, page, act, headers=None, **given):
    async with http.post(f"{page.url}do/{act}", json=given, headers=headers) as response:
        return response.status, await response.json()


async def bot(http, api, method, **body):
    async with http.post(f"{api.base_url}/bot{api.token}/{method}", json=body) as response:
        answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]


@asynccontextmanager
async def events(http, page):
    """Reads one event after the other."""
    async with http.get(f"{page.url}events") as response:
        assert response.content_type == "text/event-stream"

        async def following():
            async for line in response.content:
                if line.startswith(b"data: "):
                    return json.loads(line.removeprefix(b"data: "))
            return None

        yield lambda: asyncio.wait_for(following(), 5)


# What it shows


async def test_the_first_event_shows_everything_and_later_ones_what_changed(http, api, page) -> None:
    ann = api.user("Ann")
    async with events(http, page) as following:
        first = await following()
        assert {"bot", "people", "commands", "log", "sites", f"chat:{ann.id}"} <= first["set"].keys()
        message = ann.write("/start")
        second = await following()
        assert set(second["set"]) == {f"chat:{ann.id}", f"message:{ann.id}:{message.id}"}
        assert second["set"][f"message:{ann.id}:{message.id}"]["text"] == "/start"
        sent = await bot(http, api, "sendMessage", chat_id=ann.id, text="<b>Hello</b>", parse_mode="HTML")
        shown = (await following())["set"][f"message:{ann.id}:{sent['message_id']}"]
        assert shown["entities"] == [{"type": "bold", "offset": 0, "length": 5}]
        await bot(http, api, "deleteMessage", chat_id=ann.id, message_id=sent["message_id"])
        assert (await following())["gone"] == [f"message:{ann.id}:{sent['message_id']}"]


async def test_the_log_tells_what_was_refused(http, api, page) -> None:
    ann = api.user("Ann")
    ann.write("/start")
    async with http.post(
        f"{api.base_url}/bot{api.token}/sendMessage", json={"chat_id": ann.id, "text": ""}
    ) as response:
        assert response.status == 400
    async with events(http, page) as following:
        log = (await following())["set"]["log"]
    assert log == [{"method": "sendMessage", "chat": "Ann", "answer": "400 Bad Request: message text is empty"}]


async def test_a_document_is_saved_and_a_picture_shown(http, api, page) -> None:
    ann = api.user("Ann")
    ann.write("/start")
    form = aiohttp.FormData({"chat_id": str(ann.id)}, quote_fields=False)
    form.add_field("document", b"<script>alert(1)</script>", filename="dữ liệu.html", content_type="text/html")
    async with http.post(f"{api.base_url}/bot{api.token}/sendDocument", data=form) as response:
        file_id = (await response.json())["result"]["document"]["file_id"]
    async with http.get(f"{page.url}file/{file_id}") as response:
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''d%E1%BB%AF")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    form = aiohttp.FormData({"chat_id": str(ann.id)})
    form.add_field("photo", PNG, filename="chart.png", content_type="image/png")
    async with http.post(f"{api.base_url}/bot{api.token}/sendPhoto", data=form) as response:
        (size,) = (await response.json())["result"]["photo"]
        assert (size["width"], size["height"]) == (3, 2)
    async with http.get(f"{page.url}file/{size['file_id']}") as response:
        assert response.content_type == "image/png"
        assert "Content-Disposition" not in response.headers
    async with http.get(f"{page.url}file/nothing") as response:
        assert response.status == 404


async def test_a_report_is_read_where_its_outlet_would_have_it(http, page) -> None:
    async with Newsstand(NOW) as stand:
        outlet = stand.outlets[0]
        past = next(report for report in outlet.reports if report.hours_ago > 0)
        coming = f"{outlet.site}/{min(outlet.reports, key=lambda report: report.hours_ago).slug}"
    async with http.get(f"{page.url}read", params={"url": f"{outlet.site}/{past.slug}?utm=x"}) as response:
        text = await response.text()
        assert (response.status, outlet.name in text) == (200, True)
    for nowhere in (coming, "https://example.org/", ""):
        async with http.get(f"{page.url}read", params={"url": nowhere}) as response:
            assert response.status == 404, nowhere


# What it does


async def test_people_write_press_and_pick(http, api, page) -> None:
    ann = api.user("Ann")
    status, written = await do(http, page, "write", **{"as": ann.id, "text": " /start "})
    assert (status, ann.messages[0].text) == (200, "/start")
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    sent = await bot(http, api, "sendMessage", chat_id=ann.id, text="Sure?", reply_markup=keyboard)
    pressing = asyncio.create_task(
        do(http, page, "press", **{"as": ann.id, "message": sent["message_id"], "data": "yes"})
    )
    updates = []
    while not any("callback_query" in update for update in updates):
        updates = await bot(http, api, "getUpdates", timeout=5, offset=updates[-1]["update_id"] + 1 if updates else 0)
    query = updates[-1]["callback_query"]
    assert (query["data"], query["from"]["first_name"]) == ("yes", "Ann")
    await bot(http, api, "answerCallbackQuery", callback_query_id=query["id"], text="Done", show_alert=True)
    assert await pressing == (200, {"text": "Done", "alert": True, "url": ""})
    assert written["id"] == ann.messages[0].id


@pytest.mark.parametrize(
    ("act", "given", "sentence"),
    [
        ("write", {"text": ""}, "1 to 4096 characters"),
        ("write", {"text": "a" * 4097}, "1 to 4096 characters"),
        ("write", {"text": "a", "as": 77}, "nobody of that number"),
        ("write", {"text": "a", "chat": 77}, "no such chat"),
        ("write", {"text": "a", "thread": 5}, "no such topic"),
        ("write", {"text": "a", "as": [1]}, "unhashable"),
        ("press", {"message": 99, "data": "x"}, "no such message"),
        ("pick", {"number": 0}, "no such result"),
        ("edit", {"message": 99, "text": "x"}, "no such message"),
        ("bot", {"do": "add"}, "private chat already"),
        ("upgrade", {}, "only a basic group"),
        ("time", {"to": "yesterday"}, "delivery, news, hour or day"),
        ("trouble", {"kind": "meteor"}, "none, limits, flood, error, hang, lost, garbage"),
        ("person", {"name": ""}, "a name and a language"),
        ("person", {"name": "Eve", "language": "xx"}, "needed: en, vi"),
    ],
)
async def test_what_cannot_be_done_is_said(http, api, page, act, given, sentence) -> None:
    ann = api.user("Ann")
    status, answer = await do(http, page, act, **({"as": ann.id} | given))
    assert status == 400
    assert sentence in answer["error"]


async def test_only_admins_let_the_bot_in(http, api, page) -> None:
    ann, eve = api.user("Ann"), api.user("Eve")
    group = api.group("Friends", owner=ann, members=[eve])
    assert (await do(http, page, "bot", **{"as": eve.id, "chat": group.id, "do": "add"}))[0] == 400
    assert (await do(http, page, "bot", **{"as": ann.id, "chat": group.id, "do": "add"}))[0] == 200
    assert group.chat.members[api.world.bot_id] == "member"


async def test_only_a_text_of_ones_own_is_edited(http, api, page) -> None:
    ann, eve = api.user("Ann"), api.user("Eve")
    group = api.group("Friends", owner=ann, members=[eve])
    group.add_bot(ann, admin=True)
    written = ann.write("/serach", chat=group)
    where = {"chat": group.id, "message": written.id, "text": "/search"}
    status, answer = await do(http, page, "edit", **{"as": eve.id} | where)
    assert (status, answer["error"]) == (400, "only a text of one's own can be edited")
    assert (await do(http, page, "edit", **{"as": ann.id} | where))[0] == 200
    assert [(each.text, each.edits) for each in group.messages if each.service is None] == [("/search", 1)]
    updates = await bot(http, api, "getUpdates", timeout=5)
    assert updates[-1]["edited_message"]["text"] == "/search"
    joining = next(each for each in group.messages if each.service)
    assert (await do(http, page, "edit", **{"as": ann.id} | where | {"message": joining.id}))[0] == 400


async def test_a_basic_group_becomes_a_supergroup_by_its_admin(http, api, page) -> None:
    ann, eve = api.user("Ann"), api.user("Eve")
    group = api.group("Friends", owner=ann, members=[eve], kind="group")
    assert (await do(http, page, "upgrade", **{"as": eve.id, "chat": group.id}))[0] == 400
    status, answer = await do(http, page, "upgrade", **{"as": ann.id, "chat": group.id})
    assert (status, answer["id"]) == (200, group.chat.moved_to)
    assert (await do(http, page, "upgrade", **{"as": ann.id, "chat": answer["id"]}))[0] == 400
    async with events(http, page) as following:
        shown = (await following())["set"]
    assert shown["moved"] == {str(group.id): answer["id"]}
    assert (shown[f"chat:{answer['id']}"]["type"], f"chat:{group.id}" in shown) == ("supergroup", False)


@pytest.mark.parametrize(
    ("kind", "answered", "arrived"),
    [("error", (500, "text/html"), 0), ("garbage", (200, "application/json"), 1), ("lost", None, 1), ("hang", None, 0)],
)
async def test_each_trouble_is_what_it_says_and_passes(http, api, page, kind, answered, arrived) -> None:
    ann = api.user("Ann")
    ann.write("/start")
    await do(http, page, "trouble", kind=kind)
    address = f"{api.base_url}/bot{api.token}/sendMessage"
    got = None
    with contextlib.suppress(aiohttp.ClientError, TimeoutError):
        timeout = aiohttp.ClientTimeout(total=0.5)
        async with http.post(address, json={"chat_id": ann.id, "text": "a"}, timeout=timeout) as response:
            got = (response.status, response.content_type)
            with pytest.raises(ValueError, match="Expecting"):
                json.loads(await response.read())
    assert (got, len(ann.messages) - 1) == (answered, arrived)
    await do(http, page, "trouble", kind="none")
    await bot(http, api, "sendMessage", chat_id=ann.id, text="b")


async def test_trouble_is_switched_on_and_healed(http, api, page) -> None:
    ann = api.user("Ann")
    ann.write("/start")
    await do(http, page, "trouble", kind="flood")
    async with http.post(
        f"{api.base_url}/bot{api.token}/sendMessage", json={"chat_id": ann.id, "text": "a"}
    ) as response:
        assert response.status == 429
    await do(http, page, "trouble", kind="none")
    await bot(http, api, "sendMessage", chat_id=ann.id, text="a")


# Whom it refuses


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda headers: " ".join(next(iter(headers.items()))),
)
async def test_other_sites_cannot_drive_or_read_it(http, api, page, headers) -> None:
    ann = api.user("Ann")
    for path in ("", "events", "page/app.js"):
        async with http.get(page.url + path, headers=headers) as response:
            assert response.status == 403
    async with http.post(f"{page.url}do/write", json={"as": ann.id, "text": "x"}, headers=headers) as response:
        assert response.status == 403
    assert ann.messages == []


async def test_a_form_of_another_site_does_nothing(http, api, page) -> None:
    """A plain form needs no permission of the browser to be sent; it cannot be JSON."""
    ann = api.user("Ann")
    body = json.dumps({"as": ann.id, "text": "x"})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        async with http.post(f"{page.url}do/write", data=body, headers={"Content-Type": kind}) as response:
            assert response.status == 415
    assert ann.messages == []


async def test_the_page_may_be_linked_to_and_not_framed(http, page) -> None:
    linked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with http.get(page.url, headers=linked) as response:
        assert response.status == 200
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    async with http.get(page.url.replace("127.0.0.1", "localhost")) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "path", ["page/..%2fdemo.py", "page/demo.py", "page/.hidden", "page/nothing.js", "do/write", "x"]
)
async def test_it_gives_out_its_own_files_only(http, page, path) -> None:
    async with http.get(page.url + path, allow_redirects=False) as response:
        assert response.status in (404, 405)


async def test_a_port_that_is_taken_is_one_sentence(api, page) -> None:
    port = int(page.url.rstrip("/").rpartition(":")[2])
    clock = DemoClock(lambda: NOW)
    async with Newsstand(NOW) as stand:
        acts = Acts(api, Clockwork(clock, Idle(clock), stand, next_due=never))
        with pytest.raises(ConfigError, match=f"The port {port} cannot be listened on"):
            async with PageServer(api, acts, stand, extra=dict, port=port):
                pass


# The clock


@pytest.fixture
async def clockwork():
    clock = DemoClock(lambda: NOW)
    idle = Idle(clock)
    due = [NOW + timedelta(hours=2), NOW + timedelta(hours=26)]

    async def next_due():
        return next((each for each in due if each > clock()), None)

    async with Newsstand(NOW) as stand:
        yield Clockwork(clock, idle, stand, next_due=next_due), idle, stand


async def test_a_jump_reads_the_news_before_it_delivers(clockwork) -> None:
    work, idle, stand = clockwork
    assert await work.to_next_delivery()
    assert idle.asked == [
        ("poll", NOW + timedelta(hours=1, minutes=55)),
        ("deliver", NOW + timedelta(hours=2)),
    ]
    assert stand.now == NOW + timedelta(hours=1, minutes=55)
    assert work.next == NOW + timedelta(hours=26)


async def test_a_day_stops_at_each_delivery_on_the_way(clockwork) -> None:
    work, idle, _ = clockwork
    await work.forward(timedelta(days=2))
    assert [at - NOW for what, at in idle.asked if what == "deliver"] == [
        timedelta(hours=2), timedelta(hours=26), timedelta(hours=48)
    ]  # fmt: skip
    assert not await work.to_next_delivery()


async def test_the_clock_goes_on_when_what_waits_for_its_turn_is_sent() -> None:
    """Else a visitor who jumps twice within a second never gets the first morning's digest."""
    clock = DemoClock(lambda: NOW)
    idle = Idle(clock)

    async def waiting() -> int:
        return 3 - sum(what == "deliver" for what, _ in idle.asked)

    async with Newsstand(NOW) as stand:
        await Clockwork(clock, idle, stand, next_due=never, waiting=waiting).forward(timedelta(hours=1))
    assert [what for what, _ in idle.asked] == ["poll", "deliver", "deliver", "deliver"]


async def test_the_clock_never_goes_back() -> None:
    clock = DemoClock(lambda: NOW)
    clock.jump(NOW + timedelta(hours=1))
    clock.jump(NOW)
    assert clock() == NOW + timedelta(hours=1)
