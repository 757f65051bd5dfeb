"""Pages at the common superior's host."""

from django.urls import path

from federation.broker.views import common, superior

app_name = "broker"
urlpatterns = [
    path("", superior.home, name="superior"),
    path("directory/", common.units, name="directory"),
    path("disputes/<uuid:dispute_id>/", superior.dispute, name="dispute"),
    path("disputes/<uuid:dispute_id>/decide/", superior.decide, name="decide"),
    path("supervisions/list/", superior.list_matter, name="list_matter"),
    path("supervisions/<uuid:listed_id>/", superior.listed, name="supervision"),
    path("supervisions/<uuid:listed_id>/lift/", superior.lift, name="lift"),
    path("supervisions/<uuid:listed_id>/send-back/", superior.send_back, name="send_back"),
]
