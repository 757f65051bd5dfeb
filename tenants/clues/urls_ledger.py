"""Addresses of the ledger, its views and batches; included at the root of a province's host."""

from django.urls import path

from tenants.clues.views import batches, exports, ledger, merging, targets, today

app_name = "clue_ledger"
urlpatterns = [
    path("clues/", ledger.ledger, name="list"),
    path("clues/counts/", ledger.counts, name="counts"),
    path("clues/views/", ledger.keep_view, name="keep_view"),
    path("clues/views/<uuid:view_id>/drop/", ledger.drop_view, name="drop_view"),
    path("clues/views/<uuid:view_id>/open-with/", ledger.open_with, name="open_with"),
    path("clues/columns/", ledger.like, name="like"),
    path("clues/batches/", batches.listing, name="batches"),
    path("clues/batches/begin/", batches.begin, name="begin_batch"),
    path("clues/batches/<uuid:run_id>/", batches.batch, name="batch"),
    path("clues/batches/<uuid:run_id>/undo/", batches.undo, name="undo_batch"),
    path("clues/exports/", exports.listing, name="exports"),
    path("clues/exports/ask/", exports.ask, name="ask_export"),
    path("clues/exports/<uuid:ledger_export_id>/", exports.export, name="export"),
    path("clues/exports/<uuid:ledger_export_id>/download/", exports.download, name="download"),
    path("clues/merge/", merging.choose, name="choose_merge"),
    path("clues/<uuid:clue_id>/merge/", merging.merge, name="merge"),
    path("clues/<uuid:clue_id>/merges/", merging.merges, name="merges"),
    path("clues/<uuid:clue_id>/unmerge/", merging.unmerge, name="unmerge"),
    path("clues/<uuid:clue_id>/not-same/", merging.not_same, name="not_same"),
    path("clues/targets/", targets.listing, name="targets"),
    path("clues/targets/<uuid:card_id>/", targets.card, name="target"),
    path("clues/today/", today.today, name="today"),
    path("clues/open/", today.open_by_age, name="open"),
]
