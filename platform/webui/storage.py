"""Static files under names that change with their content, imports between ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """As whitenoise's, and `import "./x.js"` is rewritten too: a new page never runs with an old module."""

    support_js_module_import_aggregation = True
