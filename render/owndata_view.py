"""What we say about a reader's own data: what is kept and how long, what will go, that it went."""

from render.blocks import Block, Heading, Lines, Paragraph, Small, plain
from render.words import Words


def privacy_blocks(words: Words, *, ledger_days: int, search_days: int, gone_days: int, copy_days: int) -> list[Block]:
    """What is kept of a reader, and for how many days."""
    t = words.t
    months = gone_days // 30
    kept = (
        t(
            "Your chat's number, language, time zone and what you set: until /forget, or {n} months after you leave.",
            n=months,
        ),
        t("Which digests were sent and which stories you were told: {n} days.", n=ledger_days),
        t("What you searched for, so that pages can be turned: {n} days.", n=search_days),
        t("Stories you saved: until /forget. Corrections you proposed: until then, {n} months at most.", n=months),
        t(
            "What is searched for in a group: {n} days, without a name. It is in nobody's file, and only an admin's "
            "/forget there deletes it sooner.",
            n=search_days,
        ),
        t(
            "Copies keep what was there when they were made: one from before an update {n} days, the operator's "
            "backups as long as the operator keeps them.",
            n=copy_days,
        ),
    )
    again = t("After /forget, whoever saves a story, searches or chooses something begins anew: it is kept as above.")
    return [
        Heading(level=1, text=plain(t("Privacy"))),
        Paragraph(plain(t("We keep only what your digests need, on one machine, and hand it to nobody."))),
        Lines(tuple(plain("• " + line) for line in kept)),
        Paragraph(plain(t("Not kept: your name, your telephone number, other messages you write, what you read."))),
        Small(plain(t("/mydata sends you all of it as a file. /forget deletes it."))),
        Small(plain(again)),
    ]


def forget_blocks(words: Words, *, lines: int, saved: int, group: bool) -> list[Block]:
    """What will go, before it goes."""
    t = words.t
    what = [
        *([words.tn("{n} subscription", "{n} subscriptions", lines)] if lines else []),
        *([words.tn("{n} saved story", "{n} saved stories", saved)] if saved else []),
        t("settings, searches and what was delivered"),
    ]
    whose = (
        t("Everything kept about this group will be deleted:")
        if group
        else t("Everything kept about you will be deleted:")
    )
    return [
        Heading(level=1, text=plain(t("Forget everything?"))),
        Paragraph(plain(whose + " " + ", ".join(what) + ".")),
        Small(plain(t("This cannot be undone. No more digests will come."))),
    ]


def forgotten_blocks(words: Words) -> list[Block]:
    """It is done."""
    return [Paragraph(plain(words.t("Done: nothing is kept any more. Write /start to begin again whenever you like.")))]
