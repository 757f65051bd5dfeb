"""On every host where people sign in; each address exists in demonstration mode only."""

from django.urls import path

from runtime.door import views

app_name = "demo"
urlpatterns = [
    path("demo/enter/", views.enter, name="enter"),
    path("demo/guide/close/", views.close_guide, name="close_guide"),
    path("demo/photo/", views.sample_photo, name="sample_photo"),
]
