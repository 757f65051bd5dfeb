"""Photos in the API: what an upload says, what is told of what was handed in."""

from __future__ import annotations

from rest_framework import serializers

from evidence.models import Exhibit
from evidence.uploads import UPLOAD_SOURCES
from gateway.serializers import Fields, ModelFields


class SealedIn(Fields):
    """Multipart. sha256: made on the device over the exact bytes of `file`."""

    file = serializers.FileField()
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    captured_at = serializers.DateTimeField(required=False, help_text="RFC 3339 with offset")
    kept_reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
    lat = serializers.DecimalField(max_digits=9, decimal_places=6, required=False, min_value=-90, max_value=90)
    lon = serializers.DecimalField(max_digits=9, decimal_places=6, required=False, min_value=-180, max_value=180)
    accuracy_m = serializers.DecimalField(
        max_digits=9, decimal_places=1, required=False, min_value=0, help_text="WGS-84, metres"
    )


class ChatPhotoIn(SealedIn):
    source = serializers.ChoiceField(UPLOAD_SOURCES)


class HandedInOut(ModelFields[Exhibit]):
    """A photo as it was received; it can be shown once its state is ready."""

    class Meta:
        model = Exhibit
        fields = ["id", "state", "sha256", "sm3", "size_bytes", "captured_at", "received_at"]
