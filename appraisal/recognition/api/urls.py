"""Addresses of the library's API, under `/api/v1/` of the brands host."""

from django.urls import path

from appraisal.recognition.api import findings, library

urlpatterns = [
    path("library/", library.Entries.as_view()),
    path("library/offers/", library.StaffEntries.as_view()),
    path("library/figures/", findings.LibraryFigures.as_view()),
    path("library/choice/", findings.Choice.as_view()),
    path("library/limits/", findings.Limits.as_view()),
    path("library/limits/<uuid:limits_id>/decide/", findings.LimitsDecide.as_view()),
    path("library/photos/<uuid:entry_photo_id>/drawing/", library.EntryPhotoDrawing.as_view()),
    path("library/<uuid:entry_id>/", library.Entry.as_view()),
    path("library/<uuid:entry_id>/photos/", library.EntryPhotos.as_view()),
    path("library/<uuid:entry_id>/confirm/", library.EntryConfirm.as_view()),
    path("library/<uuid:entry_id>/refuse/", library.EntryRefuse.as_view()),
    path("library/<uuid:entry_id>/switch-off/", library.EntrySwitchOff.as_view()),
    path("library/<uuid:entry_id>/resume/", library.EntryResume.as_view()),
    path("library/<uuid:entry_id>/withdraw/", library.EntryWithdraw.as_view()),
    path("tasks/<uuid:task_id>/hints/", findings.TaskHints.as_view()),
    path("hints/<uuid:hint_id>/answer/", findings.HintAnswer.as_view()),
    path("sightings/", findings.Sightings.as_view()),
    path("code-alerts/", findings.Alerts.as_view()),
    path("code-alerts/<uuid:alert_id>/", findings.Alert.as_view()),
    path("code-alerts/<uuid:alert_id>/settle/", findings.AlertSettle.as_view()),
    path("runs/", findings.Runs.as_view()),
    path("runs/<uuid:run_id>/decide/", findings.RunDecide.as_view()),
    path("look-backs/", findings.LookBacks.as_view()),
    path("look-backs/<uuid:look_back_id>/settle/", findings.LookBackSettle.as_view()),
    path("guide-prices/", findings.GuidePrices.as_view()),
    path("guide-prices/<uuid:price_id>/", findings.GuidePriceEnd.as_view()),
]
