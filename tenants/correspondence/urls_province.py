"""Pages at the province's host."""

from django.urls import path

from tenants.correspondence.urls_assist import urlpatterns as assist
from tenants.correspondence.views import keeping, letters, stepping, writing

app_name = "correspondence"
urlpatterns = [
    path("official/", letters.letters, name="letters"),
    path("official/new/", letters.new, name="new"),
    path("official/partners/", writing.partners, name="partners"),
    path("official/partners/new/", keeping.partner, name="partner_new"),
    path("official/partners/<uuid:partner_id>/", keeping.partner, name="partner"),
    path("official/seals/", keeping.seals, name="seals"),
    path("official/<uuid:official_id>/", letters.letter, name="letter"),
    path("official/<uuid:official_id>/to/", writing.to, name="to"),
    path("official/<uuid:official_id>/edit/", writing.edit, name="edit"),
    path("official/<uuid:official_id>/do/<slug:step>/", stepping.step, name="step"),
    path("official/<uuid:official_id>/result-from-clue/", letters.result_from_clue, name="result_from_clue"),
    path("official/<uuid:official_id>/again/", letters.readdress, name="again"),
    path("official/<uuid:official_id>/letter.pdf", letters.printed, {"file_format": "pdf"}, name="pdf"),
    path("official/<uuid:official_id>/letter.docx", letters.printed, {"file_format": "docx"}, name="docx"),
    *assist,
]
