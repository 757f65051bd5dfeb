"""Addresses of rooms: the same on every host."""

from django.urls import path

from federation.jointcases.views import rooms, steps

patterns = [
    path("joint-cases/", rooms.rooms, name="rooms"),
    path("joint-cases/new/", rooms.new, name="new"),
    path("joint-cases/<uuid:room_id>/", rooms.room, name="room"),
    path("joint-cases/<uuid:room_id>/table/", rooms.table, name="table"),
    path("joint-cases/<uuid:room_id>/pdf/", rooms.paper, {"form": "pdf"}, name="pdf"),
    path("joint-cases/<uuid:room_id>/word/", rooms.paper, {"form": "word"}, name="word"),
    path("joint-cases/<uuid:room_id>/see/<slug:part>/", rooms.part, name="part"),
    path("joint-cases/<uuid:room_id>/do/<slug:step>/", steps.step, name="step"),
]
