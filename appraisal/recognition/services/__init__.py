"""What people of a brand do with its library, and what the worker does. One module a matter.

`entries` the library · `hinting` hints · `codes` sightings and alerts · `runs` same run · `lookback` · `prices` ·
`looking` the worker's look at one photo · `telling` what the province hears of it · `beyond` other owners' libraries ·
`indexes` the index and the database · `asking` runs that are due or lost · `brakes`, `siblings`, `periods`, `limits`
what holds a hint down · `choices` what the owner lets the library do.
"""

from appraisal.recognition.services.choices import choose
from appraisal.recognition.services.codes import settle_alert
from appraisal.recognition.services.entries import (
    Drawn,
    GoodsOfAnother,
    add_photos,
    change,
    confirm,
    draw,
    make_by_staff,
    make_from_verdict,
    refuse,
    resume,
    switch_off,
    withdraw,
)
from appraisal.recognition.services.hinting import answer as answer_hint
from appraisal.recognition.services.limits import decide as decide_limits
from appraisal.recognition.services.limits import propose_now as reckon_limits
from appraisal.recognition.services.lookback import settle as settle_look_back
from appraisal.recognition.services.prices import end_guide_price, set_guide_price
from appraisal.recognition.services.runs import decide as decide_run

__all__ = [
    "Drawn",
    "GoodsOfAnother",
    "add_photos",
    "answer_hint",
    "change",
    "choose",
    "confirm",
    "decide_limits",
    "decide_run",
    "draw",
    "end_guide_price",
    "make_by_staff",
    "make_from_verdict",
    "reckon_limits",
    "refuse",
    "resume",
    "set_guide_price",
    "settle_alert",
    "settle_look_back",
    "switch_off",
    "withdraw",
]
