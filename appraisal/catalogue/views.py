"""Pages of the catalogue: a brand's shelves on its host, the coverage list on a province's."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appraisal.catalogue import forms, selectors, services
from appraisal.catalogue.models import Product, ProductDraft
from appraisal.catalogue.shots import ShotSpec
from federation.parties.forms import tried
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor
from federation.parties.views import done, member, uuid_of
from kernel.errors import Problem

Role = Membership.Role


# Everywhere -----------------------------------------------------------------------------------------------------------


@login_required
@require_GET
def sample(request: HttpRequest, sha256: str) -> HttpResponse:
    """A sample picture of a shot. Its name is its digest, so it never changes."""
    response = HttpResponse(selectors.sample(sha256), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


# The province's host --------------------------------------------------------------------------------------------------


@login_required
@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """可鉴定清单: what can be appraised now. Every officer may see it."""
    asked, category = request.GET.get("q", "").strip()[:40], request.GET.get("category", "")
    context = {
        "coverage": selectors.coverage(asked, category=category),
        "q": asked,
        "category": category,
        "categories": selectors.categories(),
        "elsewhere": [hit for hit in selectors.search(asked) if not hit.enrolled] if asked else [],
    }
    return render(request, "catalogue/coverage.html", context)


# The brands host ------------------------------------------------------------------------------------------------------


@member
@require_GET
def products(request: HttpRequest, seat: ActingFor) -> HttpResponse:
    """The shelves: what is live, what is being written."""
    context = {
        "products": selectors.products_of(seat.organisation),
        "drafts": {draft.pk: draft for draft in selectors.drafts_of(seat.organisation)},
        "may_manage": _may_manage(seat),
    }
    return render(request, "catalogue/products.html", context)


def _may_manage(seat: ActingFor) -> bool:
    return seat.has(Role.BRAND_ADMIN) and seat.via is None


@member
@require_http_methods(["GET", "POST"])
def new_product(request: HttpRequest, seat: ActingFor) -> HttpResponse:
    """Begin a product."""
    seat.require(Role.BRAND_ADMIN)
    form = forms.NewProductForm(request.POST or None, organisation=seat.organisation)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        barcodes = data.pop("barcodes")
        draft = tried(form, lambda: _start(seat, barcodes, data))
        if draft:
            messages.success(request, _("已建草稿。检查拍照模板后发布。"))
            return redirect("catalogue:product", product_id=draft.pk)
    status = 400 if form.errors else 200
    return render(request, "catalogue/new_product.html", {"form": form}, status=status)


def _start(seat: ActingFor, barcodes: list[str], data: dict) -> ProductDraft:  # type: ignore[type-arg]
    draft = services.start_draft(acting=seat, **data)
    return services.write_draft(acting=seat, product_id=draft.pk, barcodes=barcodes)


@member
@require_http_methods(["GET", "POST"])
@never_cache
def product(request: HttpRequest, seat: ActingFor, product_id: UUID) -> HttpResponse:
    """One product: what is known of it and its shots. Saving changes the draft; publishing is a step of its own."""
    published, draft = selectors.product_and_draft(seat.organisation, product_id)
    shots = [ShotSpec(**shot) for shot in draft.shots] if draft else selectors.published_shots(published)
    what = request.POST.get("what", "")
    form = forms.ProductForm(request.POST if what == "product" else None, initial=_initial(published, draft))
    formset = forms.ShotFormSet(
        request.POST if what == "shots" else None,
        request.FILES if what == "shots" else None,
        initial=[vars(shot) for shot in shots],
        prefix="shots",
    )
    problem = ""
    if (
        what == "product"
        and form.is_valid()
        and tried(form, lambda: services.write_draft(acting=seat, product_id=product_id, **form.cleaned_data))
    ):
        messages.success(request, _("已存入草稿，发布后各省可见。"))
        return redirect("catalogue:product", product_id=product_id)
    if what == "shots" and formset.is_valid():
        try:
            services.write_draft(acting=seat, product_id=product_id, shots=formset.specs())
        except Problem as error:
            problem = error.detail
        else:
            messages.success(request, _("拍照模板已存入草稿，发布后成为新版本。"))
            return redirect("catalogue:product", product_id=product_id)
    failed = bool(form.errors or problem or (what == "shots" and not formset.is_valid()))
    context = {
        "product": published,
        "draft": draft,
        "shots": shots,
        "form": form,
        "formset": formset,
        "problem": problem,
        "checkpoints": selectors.checkpoints(product_id) if published else [],
        "references": selectors.references(seat.organisation, product_id) if published else [],
        "others": selectors.others_to_ask(published) if published else [],
        "may_manage": _may_manage(seat),
    }
    return render(request, "catalogue/product.html", context, status=400 if failed else 200)


def _initial(published: Product | None, draft: ProductDraft | None) -> dict[str, object]:
    source = draft or published
    assert source is not None
    codes = (
        [row["gtin"] for row in draft.barcodes] if draft else [row.gtin for row in published.barcodes.all()]  # type: ignore[union-attr]
    )
    return {
        "name": source.name,
        "spec": source.spec,
        "category": source.category_id,
        "nice_class": source.nice_class,
        "guide_price_yuan": source.guide_price_yuan,
        "barcodes": "\n".join(codes),
    }


@member
@require_POST
def product_step(request: HttpRequest, seat: ActingFor, product_id: UUID, step: str) -> HttpResponse:
    """One of: publish, drop, retire, bring-back."""
    if step == "publish":
        done(
            request,
            lambda: services.publish(acting=seat, product_id=product_id),
            _("已发布，各省立即可用。已经发出的申请仍按原来的模板。"),
        )
    elif step == "drop":
        done(request, lambda: services.drop_draft(acting=seat, product_id=product_id), _("已放弃修改。"))
        return redirect("catalogue:products")
    elif step in ("retire", "bring-back"):
        live = step == "bring-back"
        done(
            request,
            lambda: services.set_live(acting=seat, product_id=product_id, live=live),
            _("已重新上架。") if live else _("已下架，查找时不再出现。"),
        )
    else:
        raise Http404
    return redirect("catalogue:product", product_id=product_id)


@member
@require_http_methods(["GET", "POST"])
def checkpoints(request: HttpRequest, seat: ActingFor, product_id: UUID) -> HttpResponse:
    """What to look at; secret ones are marked."""
    found = selectors.own_product(seat.organisation, product_id)
    seat.require(Role.APPRAISER, Role.BRAND_ADMIN, own=False)
    form = forms.CheckpointForm(request.POST or None, shots=selectors.published_shots(found))
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, lambda: services.add_checkpoint(acting=seat, product_id=product_id, **form.cleaned_data))
    ):
        messages.success(request, _("已添加。"))
        return redirect("catalogue:checkpoints", product_id=product_id)
    context = {
        "product": found,
        "checkpoints": selectors.checkpoints(product_id),
        "form": form,
        "may_manage": _may_manage(seat),
    }
    return render(request, "catalogue/checkpoints.html", context, status=400 if form.errors else 200)


@member
@require_POST
def end_checkpoint(request: HttpRequest, seat: ActingFor, product_id: UUID) -> HttpResponse:
    """Take a checkpoint out of use."""
    checkpoint_id = uuid_of(request.POST.get("checkpoint", ""))
    done(
        request,
        lambda: services.end_checkpoint(acting=seat, product_id=product_id, checkpoint_id=checkpoint_id),
        _("已停用。"),
    )
    return redirect("catalogue:checkpoints", product_id=product_id)


@member
@require_http_methods(["GET", "POST"])
def references(request: HttpRequest, seat: ActingFor, product_id: UUID) -> HttpResponse:
    """Pictures of the genuine product, and who saw them."""
    found = selectors.own_product(seat.organisation, product_id)
    seat.require(Role.APPRAISER, Role.BRAND_ADMIN, own=False)
    form = forms.ReferenceForm(request.POST or None, request.FILES or None, shots=selectors.published_shots(found))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        row = tried(
            form,
            lambda: services.add_reference(
                acting=seat,
                product_id=product_id,
                shot_code=data["shot_code"],
                file=data["picture"],
                title=data["title"],
                made_from=data["made_from"],
                made_until=data["made_until"],
            ),
        )
        if row:
            messages.success(request, _("参照图已添加。"))
            return redirect("catalogue:references", product_id=product_id)
    context = {
        "product": found,
        "references": selectors.references(seat.organisation, product_id),
        "names": {shot.code: shot.name for shot in selectors.published_shots(found)},
        "views": selectors.reference_views(seat.organisation, product_id)[:50] if _may_manage(seat) else [],
        "form": form,
        "may_manage": _may_manage(seat),
    }
    return render(request, "catalogue/references.html", context, status=400 if form.errors else 200)


@member
@require_GET
def reference(request: HttpRequest, seat: ActingFor, reference_id: UUID) -> HttpResponse:
    """A reference with the viewer's name burnt in. `?size=thumb` for lists. Never kept by a browser."""
    edge = 320 if request.GET.get("size") == "thumb" else 1600
    response = HttpResponse(
        services.show_reference(acting=seat, reference_id=reference_id, edge=edge), content_type="image/jpeg"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@member
@require_POST
def date_reference(request: HttpRequest, seat: ActingFor, reference_id: UUID) -> HttpResponse:
    """For goods of which days of production a reference holds."""
    product_id = selectors.access_reference(seat.organisation, reference_id).product_id
    form = forms.PeriodForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        done(request, lambda: services.date_reference(acting=seat, reference_id=reference_id, **said), _("已保存。"))
    else:
        messages.error(request, _("日期没有读懂，请按年-月-日填写。"))
    return redirect("catalogue:references", product_id=product_id)


@member
@require_POST
def end_reference(request: HttpRequest, seat: ActingFor, reference_id: UUID) -> HttpResponse:
    """Take a reference out of use."""
    product_id = selectors.access_reference(seat.organisation, reference_id).product_id
    done(request, lambda: services.end_reference(acting=seat, reference_id=reference_id), _("已停用。"))
    return redirect("catalogue:references", product_id=product_id)
