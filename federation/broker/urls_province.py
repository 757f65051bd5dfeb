"""Pages at the province's host."""

from django.urls import path

from federation.broker.views import common, province

app_name = "broker"
urlpatterns = [
    path("directory/", common.units, name="directory"),
    path("brokerage/", province.home, name="home"),
    path("brokerage/routes/ask/", province.ask_route, name="ask_route"),
    path("brokerage/routes/<uuid:route_id>/", province.route, name="route"),
    path("brokerage/looks/<uuid:look_id>/", province.look, name="look"),
    path("brokerage/supervisions/<uuid:listed_id>/", province.listed, name="supervision"),
    path("disputes/", province.dispute_list, name="disputes"),
    path("disputes/open/", province.dispute_open, name="dispute_open"),
    path("disputes/<uuid:dispute_id>/", province.dispute, name="dispute"),
    path("disputes/<uuid:dispute_id>/<slug:step>/", province.dispute_step, name="dispute_step"),
]
