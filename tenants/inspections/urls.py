"""Addresses of inspections; included at the root of a province's host."""

from django.urls import path

from tenants.inspections.views import asking, closing, counting, lots, opening, reports

app_name = "inspections"
urlpatterns = [
    path("inspections/", opening.listing, name="list"),
    path("inspections/new/", opening.new, name="new"),
    path("inspections/phone/", counting.phone, name="phone"),
    path("inspections/phone/open/", opening.open_later, name="open_later"),
    path("inspections/join/", opening.join, name="join"),
    path("inspections/day/<str:on>/", reports.day, name="day"),
    path("inspections/day/<str:on>/sheet/", reports.day_sheet, name="day_sheet"),
    path("inspections/<uuid:inspection_id>/", opening.inspection, name="inspection"),
    path("inspections/<uuid:inspection_id>/code/", opening.code, name="code"),
    path("inspections/<uuid:inspection_id>/shown/", opening.shown, name="shown"),
    path("inspections/<uuid:inspection_id>/place/", opening.place, name="place"),
    path("inspections/<uuid:inspection_id>/entity/", opening.entity, name="entity"),
    path("inspections/<uuid:inspection_id>/persons/", opening.persons, name="persons"),
    path("inspections/<uuid:inspection_id>/persons/<uuid:present_id>/left/", opening.left, name="left"),
    path("inspections/<uuid:inspection_id>/notices/", opening.notices, name="notices"),
    path("inspections/<uuid:inspection_id>/notices/tell/", opening.tell, name="tell"),
    path("inspections/<uuid:inspection_id>/scene/", opening.scene, name="scene"),
    path("inspections/<uuid:inspection_id>/count/", counting.count, name="count"),
    path("inspections/<uuid:inspection_id>/log/", counting.log, name="log"),
    path("inspections/<uuid:inspection_id>/lots/new/", lots.new_lot, name="new_lot"),
    path("inspections/<uuid:inspection_id>/ask/", asking.ask, name="ask"),
    path("inspections/<uuid:inspection_id>/ask/all/", asking.ask_all, name="ask_all"),
    path("inspections/<uuid:inspection_id>/ask/later/", asking.ask_later, name="ask_later"),
    path("inspections/<uuid:inspection_id>/scan/", asking.scan, name="scan"),
    path("inspections/<uuid:inspection_id>/prices/", lots.prices, name="prices"),
    path("inspections/<uuid:inspection_id>/prices/supplier/", lots.supplier_for_all, name="supplier_for_all"),
    path("inspections/<uuid:inspection_id>/prices/<uuid:lot_id>/", lots.price, name="price"),
    path("inspections/<uuid:inspection_id>/close/", closing.close, name="close"),
    path("inspections/<uuid:inspection_id>/close/end/", closing.end, name="end"),
    path("inspections/<uuid:inspection_id>/close/reopen/", closing.reopen, name="reopen"),
    path("inspections/<uuid:inspection_id>/close/cancel/", closing.cancel, name="cancel"),
    path("inspections/<uuid:inspection_id>/report/", reports.one, name="report"),
    path("inspections/<uuid:inspection_id>/report/sheet/", reports.one_sheet, name="report_sheet"),
    path("lots/<uuid:lot_id>/", lots.lot, name="lot"),
    path("lots/<uuid:lot_id>/count/", lots.count_lot, name="count_lot"),
    path("lots/<uuid:lot_id>/split/", lots.split_lot, name="split_lot"),
    path("lots/<uuid:lot_id>/move/", lots.move_lot, name="move_lot"),
    path("lots/<uuid:lot_id>/capture/", lots.capture, name="capture"),
    path("lots/<uuid:lot_id>/photos/", lots.photos, name="photos"),
]
