"""Tags for the shared pieces. Load with `{% load webui %}`; the pieces are shown on `/styleguide/`."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from webui import nav as navigation
from webui import slots
from webui.looks import SHAPES, VERDICT_LOOKS
from webui.times import ago_words, duration_words, exact_words

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "camera" %}`: a symbol of icons.svg; with `label` it is read aloud, otherwise decoration."""
    href = f"{static('webui/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="i" aria-hidden="true"><use href="{}"/></svg>', href)


@register.inclusion_tag("webui/_chip.html")
def chip(label: str, tone: str = "neutral", shape: str = "", title: str = "") -> dict[str, Any]:
    """`{% chip _("已送达") tone="good" %}`: a state as a word with a shape. Tones: see `webui.looks.SHAPES`."""
    return {"label": label, "tone": tone, "shape": shape or SHAPES[tone], "title": title}


@register.inclusion_tag("webui/_chip.html")
def verdict_chip(value: str, label: str) -> dict[str, Any]:
    """`{% verdict_chip item.verdict item.get_verdict_display %}`: a conclusion in its tone and shape."""
    tone, shape = VERDICT_LOOKS.get(value, ("neutral", "ring"))
    return {"label": label, "tone": tone, "shape": shape}


@register.filter
def verdict_tone(value: str) -> str:
    """Return the tone of a verdict value, for `class="tone-…"`."""
    return VERDICT_LOOKS.get(value, ("neutral", "ring"))[0]


@register.filter
def verdict_shape(value: str) -> str:
    """Return the icon name of a verdict value."""
    return VERDICT_LOOKS.get(value, ("neutral", "ring"))[1]


@register.filter
def duration(span: timedelta | float | None) -> str:
    """`{{ request.waited|duration }}`: a timedelta or seconds in words; a dash when there is none."""
    return "—" if span is None else duration_words(span)


@register.inclusion_tag("webui/_when.html")
def ago(when: datetime | None, focusable: bool = True) -> dict[str, Any]:
    """`{% ago letter.sent_at %}`: "3 分钟前", exact on hover and focus. In a dense table `focusable=False`."""
    if when is None:
        return {"when": None}
    return {"when": when, "words": ago_words(when), "exact": exact_words(when), "focusable": focusable}


@register.inclusion_tag("webui/_clock.html")
def clock(
    due: datetime | None = None,
    since: datetime | None = None,
    stopped: datetime | None = None,
    paused: str = "",
    now: datetime | None = None,
) -> dict[str, Any]:
    """A running clock as a chip.

    due: when an answer is owed. since: when the waiting began. stopped: when it ended (the clock then
    shows the time taken). paused: why it stands still, in words. All moments aware.
    """
    now = now or timezone.now()
    live = False
    if stopped is not None and since is not None:
        late = due is not None and stopped > due
        label, tone, shape = _("用时 %s") % duration_words(stopped - since), "neutral", "tick"
        if late:
            label, tone, shape = _("超时完成，用时 %s") % duration_words(stopped - since), "wait", "warning"
    elif paused:
        label, tone, shape = _("暂停：%s") % paused, "neutral", "half"
    elif due is not None and now >= due:
        label, tone, shape, live = _("已超时 %s") % duration_words(now - due), "seal", "warning", True
    elif due is not None:
        left = due - now
        close = left < timedelta(minutes=5) or (since is not None and left < (due - since) * 0.2)
        label, tone, shape, live = _("剩余 %s") % duration_words(left), "wait" if close else "neutral", "clock", True
    elif since is not None:
        label, tone, shape, live = _("已等 %s") % duration_words(now - since), "neutral", "clock", True
    else:
        return {"label": ""}
    moment = due or since
    return {
        "label": label,
        "tone": tone,
        "shape": shape,
        "due": due if live else None,
        "since": since if live else None,
        "exact": exact_words(moment) if moment else "",
    }


@register.inclusion_tag("webui/_field.html")
def field(bound: BoundField, label: str = "", placeholder: str = "") -> dict[str, Any]:
    """`{% field form.quantity %}`: label, help, error and control, tied together for a screen reader."""
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}_help")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    attrs: dict[str, Any] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if placeholder:
        attrs["placeholder"] = placeholder
    widget = bound.field.widget
    return {
        "bound": bound,
        "label": label or bound.label,
        "control": bound.as_widget(attrs=attrs),
        "hidden": widget.is_hidden,
        "single_box": getattr(widget, "input_type", "") == "checkbox" and not widget.use_fieldset,
        "group": widget.use_fieldset,
        "group_attrs": attrs,
    }


@register.simple_tag(takes_context=True)
def nav(context: Context, area: str = "") -> list[dict[str, Any]]:
    """`{% nav "phone" as entries %}`: the context's `nav_items`, or what apps registered for `area`.

    Without an area: the context's `nav_area`, else the one of this kind of host.
    """
    given = context.get("nav_items")
    if given is not None:
        return given
    request = context.get("request")
    area = area or context.get("nav_area") or context.get("desk_area") or "desk"
    return navigation.items(area, request) if request is not None else []


@register.simple_tag(takes_context=True)
def at_desk(context: Context) -> bool:
    """`{% at_desk as sits %}`: whether whoever reads the page works at a desk (`nav.works_at_desk`)."""
    request = context.get("request")
    return request is not None and navigation.at_desk(request)


@register.simple_tag(takes_context=True)
def slot(context: Context, place: str, **facts: Any) -> SafeString:
    """`{% slot "requests:now" asked=asked %}`: the pieces that apps above put there, in their order."""
    request = context.get("request")
    pieces = slots.ask(place, request, **facts)
    return format_html_join("", "{}", ((get_template(each.template).render(each.context, request),) for each in pieces))


@register.simple_tag
def slot_head(place: str) -> SafeString:
    """The style sheets of a place."""
    return format_html_join("", '<link rel="stylesheet" href="{}">', ((static(file),) for file in slots.styles(place)))


@register.simple_tag
def slot_scripts(place: str) -> SafeString:
    """The modules of a place."""
    files = ((static(file),) for file in slots.modules(place))
    return format_html_join("", '<script type="module" src="{}"></script>', files)
