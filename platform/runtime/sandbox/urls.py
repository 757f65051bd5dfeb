"""At provinces' hosts; each address exists in the sandbox only."""

from django.urls import path

from runtime.sandbox import views

app_name = "sandbox"
urlpatterns = [
    path("sandbox/", views.guide, name="guide"),
    path("sandbox/enter/<slug:code>/", views.enter, name="enter"),
]
