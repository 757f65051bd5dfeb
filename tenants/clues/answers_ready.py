"""What the answers to sources put in place when the app is ready: the hook, the door, words, pieces of pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def ready() -> None:
    """Called by `CluesConfig.ready`."""
    from evidence import doors
    from notify import words
    from tenants.clues import answers_pages, answers_selectors, hooks
    from tenants.clues.services import answering
    from webui import slots
    from webui.nav import NavItem, register

    hooks.on_change(answering.on_change)
    doors.register(answers_selectors.door_to_exhibit)
    slots.register("clues:side", answers_pages.on_clue, css=("clues/answers.css",), order=40)
    for code, sentence in (
        ("clue_feedback", _("您报送的线索有了进展")),
        ("clue_supplemented", _("来源补充了线索")),
        ("clue_answered", _("来源答复了问题")),
        ("clue_withdrawn", _("来源撤回了线索")),
    ):
        words.register(code, sentence)
    register(
        NavItem(
            area="bureau",
            url_name="clue_answers:tellings",
            label=_("线索反馈"),
            icon="chat",
            order=34,
            prefix="/clues/feedback/",
            count=answers_pages.waiting,
            allowed=answers_pages.is_offered,
        )
    )
