"""What the page itself says, beside what the bot says: by a short name, in each language."""

from render.words import LANGUAGES, Words, load_words


def page_words() -> dict[str, dict[str, str]]:
    """Language → name → sentence; what the page fills in stands in braces."""
    return {language: _sentences(load_words(language)) for language in LANGUAGES}


def _sentences(words: Words) -> dict[str, str]:
    return {**_frame(words), **_chat(words), **_service(words)}


def _frame(words: Words) -> dict[str, str]:
    t = words.t
    return {
        "title": t("A local Telegram"),
        "about": t("The real bot, invented news, no internet."),
        "chats": t("People and their chats"),
        "invite": t("Invite another person"),
        "beside": t("Open beside"),
        "theme": t("Dark colours"),
        "unread": t("New messages: {n}", n="{n}"),
        "notStarted": t("Not started yet"),
        "notInside": t("The bot is not here yet"),
        "nothing": t("Nothing here yet"),
        "machine": t("Time machine"),
        "jump": t("Jump to the next delivery"),
        "moving": t("Reading the news …"),
        "due": t("Next delivery: {when}", when="{when}"),
        "noneDue": t("No delivery is due: nobody has subscribed, or all have paused."),
        "hour": t("+1 hour"),
        "dayOn": t("+1 day"),
        "news": t("Read the feeds"),
        "ended": t(
            "The invented news ended on {when}; the days after it are quiet. Start the demo again for fresh news.",
            when="{when}",
        ),
        "trouble": t("Trouble on purpose"),
        "log": t("What the bot asked of Telegram"),
        "limits": t("Telegram's flood limits"),
        "limitsDone": t("From now on Telegram keeps its flood limits."),
        "flood": t("Flooded for 10 s"),
        "floodDone": t("For 10 seconds from the next request on, Telegram tells the bot to wait."),
        "error": t("3 errors"),
        "errorDone": t("The next three requests are answered with status 500 and a page of HTML."),
        "hang": t("One request hangs"),
        "hangDone": t("The next message is neither taken nor answered."),
        "lost": t("One answer lost"),
        "lostDone": t("The next message arrives, but the bot will not learn of it."),
        "garbage": t("Half an answer"),
        "garbageDone": t("The next message arrives, but the answer to the bot breaks off."),
        "none": t("Heal everything"),
        "noneDone": t("All is well again."),
        "noAnswer": t("The bot did not answer in time."),
        "gone": t("The demo is not running any more. Start it again in the terminal."),
    }


def _chat(words: Words) -> dict[str, str]:
    t = words.t
    return {
        "messages": t("Messages"),
        "toEnd": t("To the newest message"),
        "typing": t("typing …"),
        "bot": t("bot"),
        "members": t("Members: {n}", n="{n}"),
        "subscribers": t("Subscribers: {n}", n="{n}"),
        "youRule": t("you are an admin"),
        "seenBy": t("Whose Telegram this is"),
        "menu": t("What to do with this chat"),
        "back": t("Back to the chats"),
        "close": t("Close this chat"),
        "block": t("Block the bot"),
        "unblock": t("Unblock the bot"),
        "addBot": t("Add the bot"),
        "kickBot": t("Remove the bot"),
        "promoteBot": t("Make the bot an admin"),
        "demoteBot": t("Make the bot an ordinary member"),
        "upgrade": t("Make it a supergroup"),
        "newTopic": t("New topic"),
        "topics": t("Topics of this group"),
        "topicName": t("Name of the topic"),
        "general": t("General"),
        "pinned": t("Pinned message"),
        "emptyGroup": t("The bot is here. Write /start to it."),
        "emptyChannel": t("The bot is here. As an admin you choose what it posts in your own chat with it: /channels"),
        "channelFirst": t(
            "The bot is here, but it cannot write to you yet. Press Start in your own chat with it, "
            "then choose there what it posts: /channels"
        ),
        "openOwn": t("Open my chat with the bot"),
        "adminChooses": t("The bot is here. An admin chooses what it posts: {names}.", names="{names}"),
        "addHint": t("The bot is not here yet. You are an admin: let it in."),
        "askAdmin": t("The bot is not here yet. An admin can let it in: {names}.", names="{names}"),
        "whatCan": t("What can this bot do?"),
        "edited": t("edited"),
        "edit": t("Edit this message"),
        "editing": t("Editing"),
        "silent": t("without a sound"),
        "photo": t("Picture"),
        "buttons": t("Buttons under the message"),
        "spoiler": t("Hidden text: show it"),
        "more": t("Show more"),
        "less": t("Show less"),
        "noApp": t("This would open in the Telegram app."),
        "noChat": t("None of your chats fits."),
        "chooseChat": t("Choose a chat"),
        "copied": t("Copied"),
        "copyThis": t("Copy this"),
        "ok": t("OK"),
        "cancel": t("Cancel"),
        "start": t("Start"),
        "restart": t("Unblock and restart"),
        "commands": t("Commands"),
        "inline": t("Ask the bot from here"),
        "send": t("Send"),
        "suggestions": t("Suggestions"),
        "write": t("Message"),
        "moreResults": t("More results"),
        "noResults": t("No results"),
    }


def _service(words: Words) -> dict[str, str]:
    """By the field of https://core.telegram.org/bots/api#message that tells of it."""
    t, both = words.t, {"by": "{by}", "subject": "{subject}"}
    return {
        "service_new_chat_members": t("{by} added {subject}", **both),
        "service_left_chat_member": t("{subject} left", **both),
        "service_forum_topic_created": t("Topic “{subject}” opened", **both),
        "service_forum_topic_edited": t("Topic renamed “{subject}”", **both),
        "service_forum_topic_closed": t("Topic closed"),
        "service_forum_topic_reopened": t("Topic opened again"),
        "service_pinned_message": t("{by} pinned “{subject}”", **both),
        "service_migrate_to_chat_id": t("The group became a supergroup"),
        "service_migrate_from_chat_id": t("The group became a supergroup"),
        "service_chat_shared": t("{by} shared “{subject}” with the bot", **both),
    }
