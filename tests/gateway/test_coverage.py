"""Whatever a person can do on a page, a program can do under `/api/v1/`; what is for people alone stands here."""

from django.conf import settings
from harness.capabilities import called_by_pages, called_by_programs, is_page, views_that_post

PHONE = "the phone's queue: what was done without a signal, sent by the page that kept it"
COUNTING = "the API counts by operations (`inspections/…/operations/`), which merge in any order"
ON_GLASS = "a person on the premises, by a code on a phone's screen or a name on glass"
SECRET = "a key or an address that is a secret: put in by a person, never by a program's key"
PEOPLE_ONLY = {
    "accounts.services.reset_second_factor": "an administrator sees the person before a second factor goes",
    "appraisal.catalogue.services.show_reference": "the picture itself has the viewer's name burnt in",
    "appraisal.desk.services.kept.drop_filter": "a view of one's own screen",
    "appraisal.desk.services.kept.keep_filter": "a view of one's own screen",
    "appraisal.desk.services.onsite.arrive": ON_GLASS,
    "appraisal.desk.services.signing.sign_scene": ON_GLASS,
    "appraisal.desk.services.taking.open_task": "who is looking at a task at this moment",
    "appraisal.requests.services.offline.send": PHONE,
    "appraisal.requests.services.offline.take_in": PHONE,
    "audit.reads.note": "a look by a link: no program stands for who holds it, and its own are written by address",
    "evidence.custody.record": "a view of the original by a person who says what for",
    "evidence.custody.viewed": "a view of a photo by a person's eyes",
    "evidence.services.assign": "photos that came after a session had ended, sorted by who knows the officers",
    "evidence.services.receive": "the API takes photos by `evidence.uploads`, with the digest beside them",
    "federation.peers.services.new_key": SECRET,
    "federation.peers.services.take_parties": "the office reads the other side's list before it is taken over",
    "notify.services.remove_robot": SECRET,
    "notify.services.set_robot": SECRET,
    "tenants.bundles.services.hand_out": "the API hands out by the page's own answer",
    "tenants.clues.services.exports.hand_out": "the API hands out by the page's own answer",
    "tenants.clues.services.manual.new_clue": "what is shown before a clue is saved; the API answers it with the clue",
    "tenants.embedding.services.beginning.address_for": "where a launch leads the officer",
    "tenants.embedding.services.beginning.appraisal": "an officer begins; a program opens a visit by `sites/`",
    "tenants.embedding.services.beginning.use_photo": "an officer chooses the shot for a photo that came with a case",
    "tenants.embedding.services.matters.merge": "two cases of one number: a person has looked at both",
    "tenants.embedding.services.photos.try_again": "an officer waits for the photo",
    "tenants.correspondence.services.receiving.opened": "a person has read the letter",
    "tenants.correspondence.services.sealing.register": SECRET,
    **{f"tenants.inspections.services.counting.{name}": COUNTING
       for name in ("count", "detail", "resolve", "say", "split", "write_down")},
}  # fmt: skip
JOINING = (
    "connections.", "webhooks.", "signon.", "scim.", "tenants.embedding.keys.", "tenants.parcels.services.settings.",
    "tenants.linkage.services.mapping.", "appraisal.platforms.services.terms.",
)  # fmt: skip
"""How others are joined is set up by administrators, two of them, and not by the programs that are joined."""
ELSEWHERE = {
    "accounts.proving": "a person proves who they are",
    "connections.oauth": "where programs get their tokens",
    "django.views.i18n": "the language of one's own screen",
    "evidence.tus": "the phone's resumable uploads",
    "appraisal.requests.uploads": "the phone's resumable uploads",
}


def test_b02_every_service_that_a_page_calls_is_called_by_the_api_or_is_for_people_alone(trials):
    pages, programs = called_by_pages(), called_by_programs()
    trials(len(pages))
    missing = {name for name in pages - programs if not name.startswith(JOINING)}
    assert missing - set(PEOPLE_ONLY) == set(), "offer these under /api/v1/, or say why they are for people alone"
    assert set(PEOPLE_ONLY) - missing == set(), "these are offered by now, or gone: take them off the list"


def test_no_page_that_posts_is_overlooked():
    modules = {name for kind in settings.URLCONFS if kind != "courier" for name in views_that_post(kind)}
    assert len(modules) > 40
    assert {name for name in modules if not is_page(name)} <= set(ELSEWHERE)
