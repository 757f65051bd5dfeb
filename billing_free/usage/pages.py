"""Addresses of the pages, the same on every kind of host."""

from django.urls import path

from billing_free.usage import views

urlpatterns = [
    path("usage/", views.home, name="home"),
    path("usage/count/", views.count, name="count"),
    path("usage/statements/<uuid:statement_id>/", views.statement, name="statement"),
    path("usage/statements/<uuid:statement_id>/sheet/", views.sheet, name="sheet"),
    path("usage/sheet/", views.month_sheet, name="month_sheet"),
    path("usage/prices/", views.prices, name="prices"),
]
