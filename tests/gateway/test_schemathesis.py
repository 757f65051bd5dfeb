"""The API keeps what its description promises, whatever is sent: tried by schemathesis against every host.

Real ids stand in most addresses, so that not everything ends as "not found". Each person is one who may do most.
`positive_data_acceptance` is left out: what the rules of the work refuse (nothing to send yet, already answered) is
well-formed all the same, and the description says with which status it is refused. `negative_data_rejection` is left
out of operations in bulk: a row that is wrong is answered within a 200, beside the rows that are right.
"""

import contextlib
import random
import zlib

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from harness.guards import size
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

from gateway.tokens import make_token
from provinces import context

LEFT_OUT = ["positive_data_acceptance"]
LEFT_OUT_IN_BULK = [*LEFT_OUT, "negative_data_rejection"]
WHO = {
    "gx": [("gx", "chen"), ("gx", "huang")],
    "brands": [("lan", "lin"), ("lan", "admin")],
    "federation": [("office", "zhao")],
}
EXAMPLES = settings(
    max_examples=size(1, 25),
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
PATH = ParameterLocation.PATH


class Host:
    """The application as one host, as seen by a WSGI client that knows no names."""

    def __init__(self, name):
        self.name, self.app = f"{name}.testhost", WSGIHandler()

    def __call__(self, environ, start_response):
        return self.app({**environ, "HTTP_HOST": self.name, "SERVER_NAME": self.name}, start_response)


def token_for(world, owner, person):
    seat = world.seat(owner)
    with context.seat(seat):
        _row, token = make_token(user=world.people[owner][person], seat=seat.name, name="guard")
    return token


MODES = list(GenerationMode)


def put_real_ids(case, ids, chance):
    """Replace made-up ids in the address by ones that exist, where the address is not what is being spoilt."""
    part = case.meta.components.get(PATH)
    if part is not None and part.mode.is_negative:
        return
    for name in case.path_parameters or {}:
        if name in ids and chance.random() < 0.8:
            case.path_parameters[name] = str(ids[name])


def tries(operation, mode, *, token, ids, chance):
    """Try one operation as one person. Returns how many calls were made."""
    bulk = str(operation.definition.raw["operationId"]).endswith("_bulk")
    count, left_out = 0, CHECKS.get_by_names(LEFT_OUT_IN_BULK if bulk else LEFT_OUT)

    @seed(7)
    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_it(case):
        nonlocal count
        count += 1
        put_real_ids(case, ids, chance)
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=left_out)

    with contextlib.suppress(Unsatisfiable):  # nothing can be spoilt where nothing is sent
        try_it()
    return count


@pytest.mark.guard("schemathesis")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("host", list(WHO))
def test_every_operation_keeps_what_the_description_says(everybody, host, trials, subtests):
    config = SchemathesisConfig.from_dict({"output": {"sanitization": {"enabled": False}}})
    api = schemathesis.openapi.from_wsgi("/api/v1/schema/", Host(host), config=config)
    people = [(person, token_for(everybody, owner, person), everybody.ids[owner]) for owner, person in WHO[host]]
    chance, count = random.Random(7), 0
    for number, result in enumerate(api.get_all_operations()):
        operation = result.ok()
        if zlib.crc32(operation.label.encode()) % size(8, 1):
            continue  # in the quick size every eighth operation or so
        for person, token, ids in size([people[number % len(people)]], people):
            for mode in size([MODES[number % len(MODES)]], MODES):
                with subtests.test(operation=operation.label, person=person, mode=mode.value):
                    count += tries(operation, mode, token=token, ids=ids, chance=chance)
    trials(count)
