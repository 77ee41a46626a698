"""When digests come: hour, zone, pause."""

from chat import answers
from chat.errors import OldButtonError
from chat.keyboards import schedule as keys
from chat.keyboards.shared import back
from chat.reception import Subscriber
from chat.switchboard import Call, Desk, command, press
from digest.due import parse_time
from digest.errors import WishError
from digest.readers import Cadence, ChatState
from digest.zones import parse_zone
from render import screens


class Schedule(Desk):
    """Setting hours and zones, pausing and going on."""

    @command("time", changes=True, act="hours")
    @press("hours", changes=True)
    @press("time", changes=True)
    async def time(self, call: Call) -> None:
        """Set the hour, or offer hours."""
        t, said = call.words.t, call.text or "".join(call.args)
        if not said:
            ask = t("When shall your digest come? Tap an hour, or write for example: /time 07:30")
            await answers.show(call.update, answers.note(ask), keys.hours(call.subscriber))
            return
        try:
            hour = parse_time(said)
        except WishError:
            if call.args:
                raise OldButtonError from None
            hint = t("I cannot read that as an hour. Write for example: /time 07:30")
            await answers.show(call.update, answers.note(hint))
            return
        who = await self.reception.change_cadence(call.reader, lambda now: Cadence(hours=(hour,), days=now.days))
        if call.pressed:
            await self.time(Call(call.update, who))
        else:
            await _confirm(call, who)

    @command("zone", changes=True)
    @press("zones", changes=True)
    @press("zone", changes=True)
    async def zone(self, call: Call) -> None:
        """Set the time zone, or offer some."""
        t, said = call.words.t, call.text or "".join(call.args)
        if not said:
            ask = t("Where do you read? Tap a city, or write for example: /zone Europe/Berlin")
            await answers.show(call.update, answers.note(ask), keys.zones(call.subscriber))
            return
        try:
            zone = parse_zone(said)
        except WishError:
            if call.args:
                raise OldButtonError from None
            hint = t("I do not know that time zone. Write a region and a city, for example: /zone Asia/Ho_Chi_Minh")
            await answers.show(call.update, answers.note(hint))
            return
        now = self.newsroom.clock()
        who = await self.reception.change(
            call.reader, lambda store, chat, _: store.readers.set_zone(chat.id, zone, now)
        )
        if call.pressed:
            await self.zone(Call(call.update, who))
        else:
            await _confirm(call, who)

    @command("pause", changes=True)
    async def pause(self, call: Call) -> None:
        """No digests for now."""
        t, who = call.words.t, call.subscriber
        if who.active:
            await self.reception.set_state(who, ChatState.PAUSED)
            hint = t("Paused. /resume brings your digests back.")
        elif who.chat.state is ChatState.PAUSED:
            hint = t("Your digests are paused already. /resume brings them back.")
        else:
            hint = t("No digests are coming at the moment. /start subscribes.")
        await answers.show(call.update, answers.note(hint))

    @command("resume", changes=True)
    async def resume(self, call: Call) -> None:
        """Digests again."""
        await _confirm(call, await self.reception.set_state(call.reader, ChatState.ACTIVE))


async def _confirm(call: Call, who: Subscriber) -> None:
    """Say when digests come now."""
    t, hours = who.words.t, screens.hours(who.line)
    sentence = t("Your digest comes every day at {hour} ({zone}).", hour=hours, zone=who.chat.zone)
    if who.chat.state is ChatState.PAUSED:
        sentence = t(
            "Kept: {hour} ({zone}). Your digests are paused; /resume brings them back.", hour=hours, zone=who.chat.zone
        )
    elif not who.active:
        sentence = t(
            "Kept: {hour} ({zone}). No digests are coming yet; /start subscribes.", hour=hours, zone=who.chat.zone
        )
    await answers.show(call.update, answers.note(sentence), back(who.line.id, who.words))
