"""Bad nights of a store: it is slow, says 503, is full, or gives back other bytes than it was given."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from evidence.errors import StoreBusy
from kernel.errors import DiskFull

log = logging.getLogger(__name__)
SILENT = (NoConnection, ConnectionClosedError, HTTPClientError, TimeoutError)
"""No answer in time, or none at all."""
FULL = frozenset({"InsufficientStorage", "XMinioStorageFull", "QuotaExceeded", "507"})
BUSY = frozenset(
    {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "503", "500", "502"}
)
FAILURES, REST_S = 4, 10.0


class Circuit:
    """After some failures in a row nobody is made to wait for the next: for seconds all are told at once."""

    def __init__(self, *, failures: int = FAILURES, rest_s: float = REST_S) -> None:
        self.failures, self.rest_s = failures, rest_s
        self._lock, self._missed, self._open_until = threading.Lock(), 0, 0.0

    def ask(self) -> None:
        """Raise StoreBusy while it rests. After that one caller tries, and decides for the others."""
        with self._lock:
            now = time.monotonic()
            if now < self._open_until:
                raise StoreBusy(wait_s=max(1, round(self._open_until - now)))
            if self._missed >= self.failures:
                self._open_until = now + self.rest_s

    def went_well(self) -> None:
        with self._lock:
            self._missed, self._open_until = 0, 0.0

    def missed(self) -> None:
        with self._lock:
            self._missed += 1
            if self._missed >= self.failures:
                self._open_until = time.monotonic() + self.rest_s


class Guarded:
    """A boto3 client whose silence, 503 and fullness come out as what a person can be told."""

    def __init__(self, client: Any) -> None:
        self._client, self._circuit = client, Circuit()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._watched(found) if callable(found) and name not in ("get_paginator", "can_paginate") else found

    def get_paginator(self, name: str) -> Any:
        """Pages are asked for one by one, and each may fail."""
        return _Pages(self._client.get_paginator(name), self._watched)

    def _watched(self, call: Any) -> Any:
        def asked(*args: Any, **kwargs: Any) -> Any:
            self._circuit.ask()
            try:
                answer = call(*args, **kwargs)
            except SILENT as error:
                raise self._busy(error) from error
            except ClientError as error:
                status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
                code = str(error.response.get("Error", {}).get("Code", ""))
                if status == 507 or code in FULL:
                    log.error("the object store is full: %s", code)
                    raise DiskFull() from error
                if status >= 500 or status == 429 or code in BUSY:
                    raise self._busy(error) from error
                self._circuit.went_well()
                raise
            self._circuit.went_well()
            return answer

        return asked

    def _busy(self, error: BaseException) -> StoreBusy:
        self._circuit.missed()
        log.warning("the object store did not answer: %s", type(error).__name__, exc_info=True)
        return StoreBusy(wait_s=5)


class _Pages:
    def __init__(self, paginator: Any, watched: Any) -> None:
        self._paginator, self._watched = paginator, watched

    def paginate(self, **kwargs: Any) -> Any:
        pages = iter(self._paginator.paginate(**kwargs))
        following = self._watched(lambda: next(pages, None))
        while (page := following()) is not None:
            yield page
