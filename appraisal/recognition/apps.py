from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecognitionConfig(AppConfig):
    """假货库: known fakes of brands, and the worker that recognises them."""

    name = "appraisal.recognition"
    verbose_name = _("识假")

    def ready(self) -> None:
        import evidence.doors
        from appraisal.desk import hooks
        from appraisal.recognition import admit, matching, slots
        from webui.nav import NavItem, register
        from webui.slots import register as fill

        evidence.doors.register(admit.may_see)
        hooks.on_photo(admit.photo_arrived)
        hooks.on_verdicts(admit.verdicts_given)
        hooks.on_withdrawal(admit.verdict_withdrawn)
        hooks.on_hidden(admit.photo_hidden)
        matching.register_all()

        fill("desk:rows", slots.rows)
        look = ("webui/hint.css", "recognition/recognition.css")
        fill("desk:task", slots.task, css=look)
        fill("desk:verdict", slots.verdict)
        fill("desk:scene", slots.premises)
        register(
            NavItem(
                area="desk",
                url_name="recognition:library",
                label=_("假货库"),
                icon="box",
                order=20,
                count=slots.waiting,
            )
        )
