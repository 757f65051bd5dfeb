"""Pages at the office's host: how much each platform may ask."""

from django.urls import path

from appraisal.platforms.views import office

app_name = "platforms_office"
urlpatterns = [path("platforms/", office.limits, name="limits")]
