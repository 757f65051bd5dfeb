"""`/api/v1/letters/…` of each kind of host."""

from django.urls import path

from federation.office import flight_api as flight
from federation.office.letter_api import InFlight, urlpatterns

province_urlpatterns = [
    *urlpatterns,
    path("letters/pace/", flight.Pace.as_view()),
    path("letters/answered/", flight.ToRate.as_view()),
    path("letters/answered/<uuid:delivery_id>/rate/", flight.Rate.as_view()),
]
office_urlpatterns = [
    *[each for each in urlpatterns if "reminders" not in str(each.pattern)],
    path("letters/", InFlight.as_view()),
    path("letters/official/", flight.Official.as_view()),
    path("letters/official/<uuid:delivery_id>/remind/", flight.Remind.as_view()),
    path("letters/flows/", flight.Flows.as_view()),
    path("letters/pace/", flight.Pace.as_view()),
    path("today/", flight.Today.as_view()),
]
