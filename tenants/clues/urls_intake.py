"""Addresses of every way a clue comes in; included at the root of a province's host."""

from django.urls import path

from tenants.clues.views import field_codes, importing, intake

app_name = "clue_intake"
urlpatterns = [
    path("clues/new/", intake.new, name="new"),
    path("clues/new/products/", intake.products, name="products"),
    path("clues/new/likely/", intake.likely, name="likely"),
    path("clues/phone/", intake.phone, name="phone"),
    path("clues/phone/register/", intake.register_later, name="register_later"),
    path("clues/<uuid:clue_id>/complete/", intake.complete, name="complete"),
    path("clues/<uuid:clue_id>/photos/", intake.photos, name="photos"),
    path("requests/<uuid:request_id>/clue/", intake.from_request, name="from_request"),
    path("inspections/<uuid:inspection_id>/clue/", intake.from_inspection, name="from_inspection"),
    path("exhibits/<uuid:exhibit_id>/clue/", intake.from_waybill, name="from_waybill"),
    path("clues/imports/", importing.imports, name="imports"),
    path("clues/imports/template.xlsx", importing.import_template, name="import_template"),
    path("clues/imports/<uuid:import_id>/", importing.one_import, name="import"),
    path("clues/imports/<uuid:import_id>/check/", importing.import_check, name="import_check"),
    path("clues/imports/<uuid:import_id>/report.xlsx", importing.import_report, name="import_report"),
    path("clues/imports/<uuid:import_id>/<slug:step>/", importing.import_step, name="import_step"),
    path("clues/codes/", field_codes.field_codes, name="field_codes"),
    path("clues/codes/<uuid:field_code_id>/", field_codes.field_code, name="field_code"),
    path("clues/codes/<uuid:field_code_id>/end/", field_codes.end_code, name="end_code"),
    path("clues/criteria/", field_codes.priority_criteria, name="criteria"),
    path("r/<slug:code>/", field_codes.field_form, name="field_form"),
    path("r/<slug:code>/<slug:receipt>/", field_codes.field_receipt, name="field_receipt"),
]
