"""Addresses of the library; included at the root of the brands host."""

from django.urls import path

from appraisal.recognition.views import hits, library, owner, watch

app_name = "recognition"
urlpatterns = [
    path("library/", library.library, name="library"),
    path("library/new/", library.new, name="new"),
    path("library/<uuid:entry_id>/", library.entry, name="entry"),
    path("library/<uuid:entry_id>/step/", library.step, name="step"),
    path("library/<uuid:entry_id>/photos/", library.add_photos, name="add_photos"),
    path("library/photos/<uuid:entry_photo_id>/", library.draw, name="draw"),
    path("library/verdicts/<uuid:verdict_id>/", library.from_verdict, name="from_verdict"),
    path("library/premises/<uuid:item_id>/", library.on_the_premises, name="premises"),
    path("library/tasks/<uuid:task_id>/", hits.panel, name="panel"),
    path("library/hints/<uuid:hint_id>/", hits.hint, name="hint"),
    path("library/hints/<uuid:hint_id>/answer/", hits.answer, name="answer"),
    path("library/alerts/", watch.alerts, name="alerts"),
    path("library/alerts/<uuid:alert_id>/", watch.settle, name="settle"),
    path("library/runs/", watch.runs, name="runs"),
    path("library/runs/<uuid:run_id>/", watch.decide_run, name="decide_run"),
    path("library/look-backs/", watch.look_backs, name="look_backs"),
    path("library/look-backs/<uuid:look_back_id>/", watch.look_back, name="look_back"),
    path("library/look-backs/<uuid:look_back_id>/keep/", watch.settle_look_back, name="settle_look_back"),
    path("library/figures/", watch.figures, name="figures"),
    path("library/limits/", owner.reckon, name="reckon_limits"),
    path("library/limits/<uuid:limits_id>/", owner.decide_limits, name="decide_limits"),
    path("library/choice/", owner.choose, name="choose"),
    path("library/prices/", watch.guide_prices, name="prices"),
    path("library/prices/<uuid:price_id>/end/", watch.end_price, name="end_price"),
]
