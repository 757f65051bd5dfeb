"""Which files of the front-end packages are not collected: tests and readable twins of what is served."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class FilesConfig(StaticFilesConfig):
    """As Django's, with more to leave out."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "browser-test-bundle.js", "tus.js", "tus.js.map"]
