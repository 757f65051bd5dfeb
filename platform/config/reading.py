"""Which addresses show sensitive records: read by `audit`, which writes a line for each look.

An argument of an address names a record; what kind of record that is, is said here once for all addresses of a kind of
host. An argument that names nothing sensitive stands in PLAIN: a new one is in neither, and `tests/oversight` says so.
"""

from __future__ import annotations

_BOTH_SIDES = {
    "delivery_id": "letters.delivery",
    "dispute_id": "broker.dispute",
    "exhibit_id": "evidence.exhibit",
    "given_id": "grants.grant",
    "grant_id": "grants.grant",
    "job_id": "accounts.importjob",
    "listed_id": "broker.listedsupervision",
    "room_id": "jointcases.room",
    "series_id": "matching.series",
    "shared_id": "grants.item",
    "user_id": "accounts.user",
}
_PROVINCE = {
    "action_id": "campaigns.jointaction",
    "about_id": "papers.paper",
    "alert_id": "opinions.withdrawalalert",
    "appointment_id": "requests.appointment",
    "ask_id": "clues.clueask",
    "assessment_id": "clues.assessment",
    "assist_id": "opinions.notice",
    "assistance_id": "correspondence.assistance",
    "batch_id": "opinions.notice",
    "bundle_id": "bundles.bundle",
    "call_id": "campaigns.urgentcall",
    "campaign_id": "campaigns.campaign",
    "card_id": "clues.target",
    "case_id": "cases.case",
    "case_transfer_id": "correspondence.casetransfer",
    "clue_id": "clues.clue",
    "clue_telling_id": "clues.telling",
    "code_id": "hints.readcode",
    "consultation_id": "requests.consultation",
    "embedded_matter_id": "embedding.matter",
    "held_letter_id": "opinions.heldletter",
    "hint_id": "hints.hint",
    "hold_id": "retention.hold",
    "import_id": "clues.clueimport",
    "inspection_id": "inspections.inspection",
    "item_id": "requests.requestitem",
    "ledger_export_id": "clues.clueexport",
    "linkage_message_id": "linkage.outgoing",
    "look_back_id": "hints.lookback",
    "look_id": "broker.look",
    "lot_id": "inspections.lot",
    "mailing_id": "opinions.mailing",
    "match_id": "matching.match",
    "matter_id": "evidence.package",
    "matter_photo_id": "embedding.matterphoto",
    "objection_id": "opinions.objection",
    "offer_id": "opinions.reuseoffer",
    "official_id": "correspondence.officialletter",
    "package_id": "evidence.package",
    "paper_id": "papers.paper",
    "parcel_id": "parcels.parcel",
    "parcel_report_id": "parcels.report",
    "photo_id": "requests.itemphoto",
    "present_id": "inspections.presentperson",
    "proposal_id": "cases.caseproposal",
    "referral_id": "linkage.referral",
    "report_id": "clues.brandreport",
    "request_id": "requests.appraisalrequest",
    "review_id": "opinions.review",
    "route_id": "broker.route",
    "run_id": "clues.batchrun",
    "sample_id": "opinions.sample",
    "seal_id": "inspections.seal",
    "seizure_id": "inspections.seizure",
    "sheet_id": "evidence.sheet",
    "site_id": "requests.site",
    "supervision_id": "clues.supervision",
    "supplement_id": "requests.supplement",
    "target_id": "campaigns.jointtarget",
    "task_id": "requests.assistancetask",
    "telling_id": "opinions.telling",
    "transfer_id": "evidence.transfer",
    "withdrawal_id": "evidence.withdrawal",
}
_BRANDS = {
    "addressee_id": "reverse_clues.addressee",
    "alert_id": "recognition.codealert",
    "appointment_id": "desk.deskappointment",
    "assistance_id": "desk.deskassistance",
    "clue_question_id": "reverse_clues.question",
    "consultation_id": "desk.deskconsultation",
    "document_id": "parties.document",
    "entry_id": "recognition.libraryentry",
    "entry_photo_id": "recognition.entryphoto",
    "fast_ask_id": "platforms.fastask",
    "fast_opinion_id": "platforms.fastopinion",
    "fast_task_id": "platforms.fasttask",
    "hint_id": "recognition.hint",
    "item_id": "desk.deskitem",
    "letter_id": "issuing.opinionletter",
    "look_back_id": "recognition.lookback",
    "mailing_id": "issuing.mailing",
    "objection_id": "issuing.objection",
    "opinion_notice_id": "issuing.notice",
    "question_id": "matching.brandquestion",
    "reuse_id": "issuing.reuseoffer",
    "reverse_clue_id": "reverse_clues.reverseclue",
    "reverse_file_id": "reverse_clues.cluefile",
    "run_id": "recognition.runlink",
    "sealed_sample_id": "issuing.sample",
    "task_id": "desk.desktask",
    "test_purchase_id": "reverse_clues.purchase",
    "verdict_id": "desk.deskverdict",
}
_OFFICE = {
    "document_id": "parties.enrolmentdocument",
    "letter_id": "letters.letter",
    "pair_id": "matching.pair",
    "route_id": "broker.route",
}
RECORDS = {
    "province": _BOTH_SIDES | _PROVINCE,
    "superior": _BOTH_SIDES | _PROVINCE,
    "brands": _BOTH_SIDES | _BRANDS,
    "office": _BOTH_SIDES | _OFFICE,
}
"""Kind of host -> argument -> model."""

OTHERWISE = {
    ("exports/in/", "matter_id"): "bundles.bundle",
}
"""Where an argument means something else: address begins with."""

PLAIN = frozenset({
    "agreement_id", "authorisation_id", "certificate_id", "check_id", "checkpoint_id", "client_id", "competence_id",
    "conference_id", "connection_id", "day_id", "directory_id", "endpoint_id", "enrolment_id", "escort_id",
    "event_id", "field_code_id", "filter_id", "launch_key_id", "limits_id", "linkage_connection_id", "mandate_id",
    "mismatch_id", "notice_id", "organisation_id", "partner_id", "partner_key_id", "peer_id", "period_id",
    "portion_id", "post_id", "posting_id", "price_id", "product_id", "provider_id", "reference_id", "refusal_id",
    "revision_id", "row_id", "seat_id", "secret_id", "sign_on_id", "statement_id", "stop_id", "suggestion_id",
    "system_id", "template_id", "todo_id", "token_id", "turn_id", "unit_id", "upload_id", "view_id",
    "code", "key", "kind", "letter_kind", "mapping_form", "mapping_version", "matter_kind", "name", "number", "on",
    "part", "place", "receipt", "rest", "sha256", "slug", "step", "token", "uidb36", "unit_ref", "what", "pk",
})  # fmt: skip
"""Arguments that name settings, terms, one's own notices, public texts, or are no ids."""

ALL_OF = {
    "clues/assessments/export.xlsx": "clues.assessment",
    "inspections/day/<str:on>/sheet/": "inspections.inspection",
    "platform/asks/table/": "platforms.fastask",
}
"""Addresses that hand out many records at once: one line each time."""

SEARCHED = {
    "requests/": ("requests.appraisalrequest", ("q",)),
    "clues/": ("clues.clue", ("q", "text")),
    "clues/targets/": ("clues.target", ("q",)),
    "exhibits/": ("evidence.exhibit", ("q",)),
    "official/": ("correspondence.officialletter", ("q",)),
    "official-letters/": ("correspondence.officialletter", ("q",)),
    "matters/": ("embedding.matter", ("q", "case_number")),
    "opinions/": ("issuing.opinionletter", ("q",)),
    "opinion-letters/": ("issuing.opinionletter", ("q",)),
    "reverse-clues/": ("reverse_clues.reverseclue", ("q",)),
    "admin/officers/": ("accounts.user", ("q",)),
    "officers/": ("accounts.user", ("text",)),
    "scim/v2/Users": ("accounts.user", ("filter",)),
}
"""Lists that are searched by name or number: one line for a search, none for the list as it stands."""


NUMBERS = {
    "broker.listedsupervision": "document_no",
    "campaigns.jointaction": "document_no",
    "cases.case": "number",
    "clues.clue": "number",
    "correspondence.officialletter": "document_no",
    "desk.desktask": "request_no",
    "inspections.inspection": "number",
    "issuing.notice": "document_no",
    "issuing.opinionletter": "number",
    "jointcases.room": "document_no",
    "letters.letter": "document_no",
    "matching.series": "number",
    "opinions.heldletter": "opinion_no",
    "opinions.notice": "document_no",
    "papers.paper": "document_no",
    "requests.appraisalrequest": "number",
    "reverse_clues.addressee": "number",
}
"""Kinds of records that are known by a number, and the field it stands in."""

UNITS = {
    "cases.case": "unit_id",
    "clues.clue": "holder_unit_id",
    "correspondence.officialletter": "own_unit_id",
    "inspections.inspection": "unit_id",
    "requests.appraisalrequest": "unit_id",
}
"""Kinds of records that are one unit's matter, and the field that says whose."""


class Reading:
    """What `audit` and `oversight` ask."""

    records = RECORDS
    plain = PLAIN
    numbers = NUMBERS
    units = UNITS

    def shown(self, pages: str, route: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """(model, argument or "", fields) for an address of a kind of host, as the URL map writes it."""
        text = route.removeprefix("^").removeprefix("api/v1/")
        arguments = RECORDS.get(pages, {})
        found = [
            (self._label(text, name, label), name, ())
            for name, label in arguments.items()
            if f":{name}>" in route or f"<{name}>" in route
        ]
        if found:
            return found
        if text in ALL_OF:
            return [(ALL_OF[text], "", ())]
        if text in SEARCHED:
            label, fields = SEARCHED[text]
            return [(label, "", fields)]
        return []

    @staticmethod
    def _label(text: str, name: str, label: str) -> str:
        for (begins, argument), other in OTHERWISE.items():
            if argument == name and text.startswith(begins):
                return other
        return label


READING = Reading()
