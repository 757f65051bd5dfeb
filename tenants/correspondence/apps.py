from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CorrespondenceConfig(AppConfig):
    """公函: official letters between bureaux, drafted, checked, issued, sent, received and answered."""

    name = "tenants.correspondence"
    label = "correspondence"
    verbose_name = _("公函")

    def ready(self) -> None:
        from evidence import doors
        from notify import words
        from tenants.clues import hooks
        from tenants.correspondence import brokered, navigation, pieces, selectors, wiring_assist
        from tenants.correspondence.kinds import clue_letters, other_letters, register
        from tenants.correspondence.services import results

        for spec in (
            clue_letters.CLUE_TRANSFER,
            clue_letters.CLUE_BULLETIN,
            other_letters.NOTICE,
            other_letters.SUPPORT,
            other_letters.CORRECTION,
        ):
            register(spec)
        doors.register(selectors.door_to_exhibit)
        hooks.on_change(results.on_clue)
        navigation.register_all()
        pieces.register_all()
        brokered.register_all()
        for code, sentence in navigation.SENTENCES.items():
            words.register(code, sentence)
        wiring_assist.register_all()
