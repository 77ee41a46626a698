"""When digests come: hours, days, at once, quiet hours, zone, pause."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from chat import answers
from chat.desk import Call, Desk, command, press
from chat.desks.settings import show_settings, shown
from chat.errors import OldButtonError
from chat.keyboards import schedule as keys
from chat.keyboards.shared import back
from chat.reception import Subscriber
from digest.due import parse_time
from digest.errors import WishError
from digest.readers import Cadence, ChatState, Line
from digest.spoken import MOST_HOURS, parse_days, parse_hours, parse_quiet, parse_until
from digest.zones import near_zones, parse_zone
from render import settings_view as screens

#: Whoever is back from a pause is told no earlier, unless an hour of theirs is.
_MORNING = clock_time(6)


class Schedule(Desk):
    """Setting hours, days and zones; pausing and going on."""

    @command("time", changes=True, act="time")
    @press("time", changes=True)
    async def time(self, call: Call) -> str | None:
        """Set the hours, switch one on or off by its button, or offer some."""
        if call.args:
            return await self._switch_hour(call)
        if not call.text:
            await self._show_when(call)
            return None
        return await self._keep_hours(call)

    @press("hours", changes=True)
    async def hours(self, call: Call) -> str | None:
        """The hours of a line, or one more by its words."""
        if not call.text:
            await self._show_when(call)
            return None
        return await self._keep_hours(call, more=True)

    async def _keep_hours(self, call: Call, *, more: bool = False) -> str | None:
        """Keep the hours that were written, `more` besides those that are kept at that moment."""
        try:
            written = parse_hours(call.text)
        except WishError:
            hint = call.words.t("I cannot read that as an hour. Write for example: /time 07:30")
            await answers.show(call.update, answers.note(hint))
            return None
        too_many = list[bool]()

        def plan(now: Cadence) -> Cadence:
            hours = {*(now.hours if more else ()), *written}
            too_many.append(len(hours) > MOST_HOURS)
            return now if too_many[-1] else Cadence(hours=tuple(sorted(hours)), days=now.days)

        who = await self.reception.change_cadence(call.reader, plan)
        if any(too_many):
            hint = who.words.t("At most {n} hours a day. Tap one to take it out.", n=MOST_HOURS)
            await answers.show(call.update, answers.note(hint), keys.when(who))
        else:
            await self._show_when(call.by(who))
        return None

    async def _switch_hour(self, call: Call) -> str | None:
        try:
            hour, on = parse_time(call.arg(0)), call.on(1)
        except WishError:
            raise OldButtonError from None
        too_many, too_few = list[bool](), list[bool]()

        def plan(now: Cadence) -> Cadence:
            hours = {*now.hours, hour} if on else set(now.hours) - {hour}
            too_many.append(len(hours) > MOST_HOURS)
            too_few.append(not hours and not now.at_once)
            return now if too_many[-1] or too_few[-1] or now.at_once else replace(now, hours=tuple(sorted(hours)))

        who = await self.reception.change_cadence(call.reader, plan)
        if any(too_many):
            return who.words.t("At most {n} hours a day. Tap one to take it out.", n=MOST_HOURS)
        if any(too_few):
            return who.words.t("One hour has to stay. Tap another one first.")
        await self._show_when(call.by(who))
        return None

    @press("once", changes=True)
    async def at_once(self, call: Call) -> None:
        """Deliver at once with a daily cap, or with 0 at fixed hours again."""
        cap = int(call.one_of(tuple(map(str, (0, *keys.CAPS))), 0))
        usual = (self.newsroom.settings.delivery_time,)

        def plan(now: Cadence) -> Cadence:
            return replace(now, hours=(), cap=cap) if cap else replace(now, hours=now.hours or usual, cap=0)

        await self._show_when(call.by(await self.reception.change_cadence(call.reader, plan)))

    @command("days", changes=True, act="days")
    @press("days", changes=True)
    async def days(self, call: Call) -> str | None:
        """Set the days of the week, or offer them."""
        said = call.text or "".join(call.args)
        if said:
            try:
                days = frozenset(map(_weekday, said)) if call.args else parse_days(call.text)
            except WishError:
                hint = call.words.t("I cannot read that as days. Write for example: /days mon, thu")
                await answers.show(call.update, answers.note(hint))
                return None
            who = await self.reception.change_cadence(
                call.reader, lambda now: now if now.at_once else replace(now, days=days)
            )
            call = call.by(who)
        return await self._show_days(call)

    async def _show_days(self, call: Call) -> str | None:
        """The days to choose from; what comes at once has none, as its own screen then says."""
        who = call.subscriber
        if not who.line.cadence.at_once:
            await answers.show(call.update, screens.days_blocks(await shown(self, who)), keys.days(who))
            return None
        hint = who.words.t("This subscription comes at once, on all days. /time gives it hours first.")
        if call.pressed:
            await self._show_when(call)
            return hint
        await answers.show(call.update, answers.note(hint), keys.when(who))
        return None

    @press("day", changes=True)
    async def day(self, call: Call) -> str | None:
        """Switch one day on or off."""
        day, on = _weekday(call.arg(0)), call.on(1)
        too_few = list[bool]()

        def plan(now: Cadence) -> Cadence:
            days = now.days | {day} if on else now.days - {day}
            too_few.append(not days)
            return now if now.at_once or not days else replace(now, days=days)

        who = await self.reception.change_cadence(call.reader, plan)
        if any(too_few):
            return who.words.t("One day has to stay. Tap another one first.")
        return await self._show_days(call.by(who))

    @command("quiet", changes=True)
    @press("quiet", changes=True)
    async def quiet(self, call: Call) -> None:
        """Set the quiet hours, or offer some."""
        said, who = call.text or "".join(call.args), call.subscriber
        if said:
            try:
                quiet = parse_quiet(said)
            except WishError:
                if call.args:
                    raise OldButtonError from None
                hint = call.words.t("I cannot read that as hours. Write for example: /quiet 22-6:30")
                await answers.show(call.update, answers.note(hint))
                return
            now = self.newsroom.clock()
            who = await self.reception.change(
                call.reader, lambda store, chat, _: store.readers.set_quiet(chat.id, quiet, now=now)
            )
        await answers.show(call.update, screens.quiet_blocks(await shown(self, who)), keys.quiet(who))

    @command("zone", changes=True)
    @press("zones", changes=True)
    @press("zone", changes=True)
    async def zone(self, call: Call) -> None:
        """Set the time zone, or offer some."""
        said, who, now = call.text or "".join(call.args), call.subscriber, self.newsroom.clock()
        if said:
            try:
                zone = parse_zone(said, self.newsroom.gazetteer)
            except WishError:
                if call.args:
                    raise OldButtonError from None
                await self._unknown_zone(call)
                return
            who = await self.reception.change(
                call.reader, lambda store, chat, _: store.readers.set_zone(chat.id, zone, now)
            )
        await answers.show(call.update, screens.zone_blocks(await shown(self, who)), keys.zones(who))

    async def _unknown_zone(self, call: Call) -> None:
        t, near = call.words.t, near_zones(call.text, self.newsroom.gazetteer, now=self.newsroom.clock())
        if near:
            await answers.show(
                call.update, answers.note(t("Which clock is yours?")), keys.near_zones(call.subscriber, near)
            )
            return
        hint = t("I do not know that time zone. Write a region and a city, for example: /zone Asia/Ho_Chi_Minh")
        await answers.show(call.update, answers.note(hint))

    @command("pause", changes=True)
    @press("pause", changes=True)
    async def pause(self, call: Call) -> None:
        """No digests for now: until the reader returns, or until a day that they choose."""
        t, who, now = call.words.t, call.subscriber, self.newsroom.clock()
        if not who.active and who.chat.state is not ChatState.PAUSED:
            await answers.show(call.update, answers.note(t("No digests are coming at the moment. /start subscribes.")))
            return
        day: date | None = None
        if call.args:
            days = int(call.one_of(tuple(map(str, (0, *keys.PAUSES))), 0))
            day = screens.local_day(now, who.chat.zone) + timedelta(days=days) if days else None
        elif call.text:
            try:
                day = parse_until(call.text, now=now, zone=who.chat.zone)
            except WishError:
                hint = t("I cannot read that as a day to come. Write for example: /pause 1/12 or /pause 5 days")
                await answers.show(call.update, answers.note(hint), keys.pause(who))
                return
        # "/pause" alone while it is paused already only shows for how long.
        if who.active or call.args or call.text:
            who = await self.reception.change(
                who,
                lambda store, chat, _: store.readers.set_state(
                    chat.id,
                    ChatState.PAUSED,
                    now=now,
                    until=None if day is None else _return(day, chat.zone, store.lines.of(chat.id)),
                ),
            )
        await answers.show(call.update, screens.pause_blocks(await shown(self, who)), keys.pause(who))

    @command("resume", changes=True)
    async def resume(self, call: Call) -> None:
        """Digests again."""
        who = await self.reception.set_state(call.reader, ChatState.ACTIVE)
        if len(who.lines) > 1:
            await show_settings(self, call.by(who))
            return
        await answers.show(call.update, screens.resumed_blocks(await shown(self, who)), back(who.line.id, who.words))

    async def _show_when(self, call: Call) -> None:
        who: Subscriber = call.subscriber
        await answers.show(call.update, screens.when_blocks(await shown(self, who)), keys.when(who))


def _weekday(digit: str) -> int:
    """An ISO weekday in a button; raises OldButtonError."""
    if digit not in tuple("1234567"):
        raise OldButtonError
    return int(digit)


def _return(day: date, zone: str, lines: Sequence[Line]) -> datetime:
    """The moment of that day when a pause ends: just before the first digest, and not in the dead of night."""
    first = min([_MORNING, *(hour for line in lines for hour in line.cadence.hours)])
    return datetime.combine(day, first, ZoneInfo(zone)).astimezone(UTC) - timedelta(minutes=1)
