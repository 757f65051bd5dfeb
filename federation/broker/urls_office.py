"""Pages at the office's host."""

from django.urls import path

from federation.broker.views import common, office

app_name = "broker"
urlpatterns = [
    path("directory/", common.units, name="directory"),
    path("brokerage/", office.queue, name="queue"),
    path("brokerage/routes/<uuid:route_id>/", office.route, name="route"),
    path("brokerage/letters/<uuid:letter_id>/", office.letter, name="letter"),
    path("brokerage/letters/<uuid:letter_id>/contents/", office.contents, name="contents"),
    path("disputes/", office.dispute_list, name="disputes"),
    path("disputes/<uuid:dispute_id>/", office.dispute, name="dispute"),
]
