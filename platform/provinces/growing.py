"""The state that migrations of a schema run through, which grows instead of being rendered anew.

Django renders a model and all that are related to it, however far, for each step that touches it, although a new table,
a new column, an index and a constraint change nothing in the others. With people in the middle of everything that is
nine tenths of the time of a first start.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED, Field


class GrowingState(ProjectState):
    """Django's state, but new models join those rendered; columns, indexes and constraints are written into them."""

    _relations: dict[Any, Any] | None

    @classmethod
    def of(cls, state: ProjectState) -> GrowingState:
        """A copy of `state`, as `ProjectState.clone` makes it."""
        grown = cls({key: each.clone() for key, each in state.models.items()}, state.real_apps)
        grown.__dict__["apps"] = state.apps.clone()  # where Django's cached property looks
        grown.is_delayed = state.is_delayed
        return grown

    def add_model(self, model_state: ModelState) -> None:
        key = (model_state.app_label, model_state.name_lower)
        if key in self.models or "apps" not in self.__dict__:
            super().add_model(model_state)
            return
        self.models[key] = model_state
        if self._relations is not None:
            self.resolve_model_relations(key)
        self.apps.render_multiple([model_state])

    def add_field(
        self, app_label: str, model_name: str, name: str, field: Field[Any, Any], preserve_default: bool
    ) -> None:
        if field.many_to_many or "apps" not in self.__dict__:
            super().add_field(app_label, model_name, name, field, preserve_default)
            return
        if not preserve_default:
            field = field.clone()
            field.default = NOT_PROVIDED
        key = (app_label, model_name)
        self.models[key].fields[name] = field
        if self._relations is not None:
            self.resolve_model_field_relations(key, name, field)
        model = self.apps.get_model(app_label, model_name)
        model._meta.apps = self.apps  # where the other end is looked for; that of its own rendering knows fewer
        field.clone().contribute_to_class(model, name)

    def _append_option(self, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        options = self.models[app_label, model_name].options
        options[option_name] = [*options[option_name], obj]
        if "apps" in self.__dict__:
            setattr(self.apps.get_model(app_label, model_name)._meta, option_name, list(options[option_name]))
