"""Calls out of the house: to the address that was meant, nowhere else, and never by a detour.

Every feature that calls an address goes through here. A name is looked up once, each address it stands for is judged,
and the judged address is connected to; then the connected socket is judged again, so that a name that points somewhere
else the second time is refused like one that did so the first time. No redirect is followed, no proxy of the
environment is asked, no answer is read without end, no call lasts longer than it may (guard G19).
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

from kernel.errors import BadInput, Problem

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
CONNECT_S, READ_S = 5.0, 15.0
LONGEST_ANSWER_BYTES = 2_000_000
MOST_POOLS = 100

_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_NOT_THERE = tuple(ipaddress.ip_network(each) for each in ("100.64.0.0/10", "192.88.99.0/24", "2001::/23", "2002::/16"))
_NEVER = tuple(  # where machines of clouds keep their secrets: not even when a network around them was named
    ipaddress.ip_network(each)
    for each in ("169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::/32")
)
_OTHER_SERVICES = frozenset(
    {0, 1, 7, 9, 19, 20, 21, 22, 23, 25, 53, 69, 110, 111, 123, 135, 139, 143, 161, 389, 445, 465, 514, 587, 636, 873}
    | {993, 995, 1433, 1521, 2049, 2375, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 6379, 6666, 6667, 9042, 9200, 9300}
    | {10250, 11211, 27017, 27018}
)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.I)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.I)


class OutboundRefused(BadInput):
    """The address, or what it stands for, is none that this house calls."""

    code = "address_refused"
    sentence = _(
        "这个地址不能访问。请填公网地址，以 https:// 开头；对方在专网内的，请联系运维在 OUTBOUND_NETWORKS 中登记网段。"
    )


class OutboundFailed(Problem):
    """The call was made and brought no answer. Data: why."""

    code = "address_silent"
    status = 502
    title = _("对方没有回应")
    sentence = _("对方地址没有回应（{why}）。请核对地址，或请对方检查服务器。")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    ms: int = 0


@dataclass(frozen=True)
class Rules:
    """networks: named ones beside the public addresses. plain: whether http is right to public addresses too."""

    networks: tuple[Network, ...] = ()
    plain: bool = False


# Judging --------------------------------------------------------------------------------------------------------------


def check_url(
    url: str, *, with_path: bool = True, plain: bool = False, networks: Sequence[Network] | None = None
) -> str:
    """An address as it is kept, judged without looking its name up. Raises OutboundRefused.

    with_path: whether more than scheme, host and port may stand in it. plain: whether `http` is as good as `https`;
    where it is not, http goes only to named networks, which the call itself looks at. networks: instead of
    OUTBOUND_NETWORKS.
    """
    url = url.strip()
    parts, port = _split(url)
    host = parts.hostname or ""
    bare = parts.path in ("", "/") and not parts.query
    named = settings.OUTBOUND_NETWORKS if networks is None else networks
    schemes = {"https", "http"} if plain or settings.SCHEME == "http" or named else {"https"}
    if parts.scheme not in schemes or not (with_path or bare) or len(url) > 2000:
        raise OutboundRefused(url=url)
    _check_host(url, host, named)
    if port in _OTHER_SERVICES:
        raise OutboundRefused(url=url)
    if with_path:
        return url
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def _split(url: str) -> tuple[Any, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OutboundRefused(url=url) from error
    strange = any(letter.isspace() or not letter.isprintable() or letter in '\\"<>^`{|}' for letter in url)
    if strange or not parts.netloc.isascii() or "@" in parts.netloc or "%" in parts.netloc or parts.fragment:
        raise OutboundRefused(url=url)
    return parts, port


def _check_host(url: str, host: str, networks: Sequence[Network]) -> None:
    """An IP address is written as one writes it, and may be called; a name looks like one and like no number."""
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2] or "0"):
        try:
            found = ipaddress.ip_address(host)
        except ValueError as error:
            raise OutboundRefused(url=url) from error
        if not is_allowed(str(found), networks):
            raise OutboundRefused(url=url)
        return
    own = host.lower() == "localhost" or host.lower().endswith((".localhost", ".local", ".internal"))
    if not _NAME.fullmatch(host) or len(host) > 253 or (own and settings.SCHEME != "http"):
        raise OutboundRefused(url=url)


def is_allowed(address: str, networks: Sequence[Network] | None = None) -> bool:
    """Whether this house calls an IP address: a public one, one of the named networks, or in development our own."""
    found = _seen_through(ipaddress.ip_address(address.partition("%")[0]))
    if _is_never(found):
        return False
    named = settings.OUTBOUND_NETWORKS if networks is None else networks
    if any(found.version == network.version and found in network for network in named):
        return True
    if found.is_loopback:
        return bool(settings.SCHEME == "http")
    if found.version == 6 and found not in _GLOBAL_V6:  # what wraps an IPv4 address in one of version 6 lies outside
        return False
    if any(found.version == network.version and found in network for network in _NOT_THERE):
        return False
    return found.is_global and not found.is_multicast


def _seen_through(found: Any) -> Any:
    return (found.version == 6 and found.ipv4_mapped) or found


def _is_never(found: Any) -> bool:
    found = _seen_through(found)
    return any(found.version == network.version and found in network for network in _NEVER)


# Connecting -----------------------------------------------------------------------------------------------------------


class _Refused(Exception):
    """What a name stands for, or the connected socket, leads where nobody goes."""


def _look_up(host: str, port: int) -> list[Any]:
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        host = "127.0.0.1"  # RFC 6761; Python asks a name server, which does not know it
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _open(found: Any, timeout: Any, options: Any) -> socket.socket:
    family, kind, protocol, _name, address = found
    sock = socket.socket(family, kind, protocol)
    try:
        for option in options or ():
            sock.setsockopt(*option)
        if isinstance(timeout, int | float):
            sock.settimeout(timeout)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def _judge(address: str, rules: Rules, *, secure: bool) -> None:
    if not is_allowed(address, rules.networks):
        raise _Refused
    if not secure and not rules.plain and settings.SCHEME == "https" and not _is_named(address, rules.networks):
        raise _Refused


def _is_named(address: str, networks: Sequence[Network]) -> bool:
    found = _seen_through(ipaddress.ip_address(address.partition("%")[0]))
    return any(found.version == network.version and found in network for network in networks)


def _connect(made: HTTPConnection, rules: Rules, *, secure: bool) -> socket.socket:
    try:
        there = _look_up(made._dns_host, made.port)  # type: ignore[attr-defined] # with the trailing dot, if any
    except (socket.gaierror, UnicodeError) as error:
        raise NameResolutionError(made.host, made, error) from error  # type: ignore[arg-type]
    for each in there:
        _judge(each[4][0], rules, secure=secure)
    last: OSError | None = None
    for each in there:
        try:
            sock = _open(each, made.timeout, made.socket_options)
        except TimeoutError as error:
            raise ConnectTimeoutError(made, "no connection in time") from error
        except OSError as error:
            last = error
            continue
        try:
            _judge(sock.getpeername()[0], rules, secure=secure)
        except BaseException:
            sock.close()
            raise
        _Deadline.mind(sock.dup(), own=True)  # TLS takes the socket itself over
        return sock
    raise NewConnectionError(made, f"no connection: {last}")


class _Checked(HTTPConnection):
    rules = Rules()

    def _new_conn(self) -> Any:
        return _connect(self, self.rules, secure=False)

    def getresponse(self) -> Any:
        _Deadline.mind(self.sock)
        return super().getresponse()


class _CheckedTls(HTTPSConnection):
    rules = Rules()

    def _new_conn(self) -> Any:
        return _connect(self, self.rules, secure=True)

    def getresponse(self) -> Any:
        _Deadline.mind(self.sock)
        return super().getresponse()


class _Deadline:
    """Ends a call that trickles: each piece comes in time, and the whole never. One for each thread's call."""

    current = threading.local()

    def __init__(self, seconds: float) -> None:
        self.over, self._sock, self._timer = False, None, threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._own: list[Any] = []

    @classmethod
    def mind(cls, sock: Any, *, own: bool = False) -> None:
        """This is the socket of the call that the thread makes. own: close it when the call is over."""
        held: _Deadline | None = getattr(cls.current, "held", None)
        if held is not None:
            held._sock = sock
            if own:
                held._own.append(sock)
        elif own:
            sock.close()

    def _end(self) -> None:
        self.over = True
        sock: Any = self._sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended by itself

    def __enter__(self) -> _Deadline:
        self.current.held = self
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self.current.held = None
        for sock in self._own:
            sock.close()


@dataclass
class _Pools:
    """Kept connections by scheme, host, port and rules; the least used go first."""

    held: OrderedDict[Any, HTTPConnectionPool] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, scheme: str, host: str, port: int | None, rules: Rules) -> HTTPConnectionPool:
        key = (scheme, host, port, rules)
        with self.lock:
            pool = self.held.get(key)
            if pool is None:
                base, kind = (HTTPSConnectionPool, _CheckedTls) if scheme == "https" else (HTTPConnectionPool, _Checked)
                pool = base(host, port, retries=False, maxsize=8)
                pool.ConnectionCls = type(kind.__name__, (kind,), {"rules": rules})  # type: ignore[assignment]
                self.held[key] = pool
            self.held.move_to_end(key)
            while len(self.held) > MOST_POOLS:
                self.held.popitem(last=False)[1].close()
            return pool

    def clear(self) -> None:
        with self.lock:
            for pool in self.held.values():
                pool.close()
            self.held.clear()


_pools = _Pools()


def forget_connections() -> None:
    """Close what is kept open: the next call connects, and is judged, anew."""
    _pools.clear()


def _after_fork() -> None:
    global _pools
    _pools = _Pools()  # a child must not speak on its parent's connections


os.register_at_fork(after_in_child=_after_fork)


# Calling --------------------------------------------------------------------------------------------------------------

Observer: TypeAlias = Callable[[str, str], AbstractContextManager[dict[str, str]]]
_observers: list[Observer] = []


def observe(observer: Observer) -> Observer:
    """Have every call run inside `with observer(method, host) as headers:`; the headers it gives go with the call."""
    if observer not in _observers:
        _observers.append(observer)
    return observer


def send(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    networks: Sequence[Network] | None = None,
    connect_s: float = CONNECT_S,
    read_s: float = READ_S,
    total_s: float | None = None,
    longest_bytes: int = LONGEST_ANSWER_BYTES,
    plain: bool = False,
    whole: bool = True,
) -> Answer:
    """Make one call and read its answer, a redirect's like any other. Call it outside any transaction.

    networks: named ones instead of OUTBOUND_NETWORKS. read_s: for each piece; total_s: for the whole call, else both
    together. plain: http is right to public addresses too, as for lists and time-stamps that are signed themselves.
    whole: an answer that is longer is an error; else its beginning is enough.
    Raises OutboundRefused, OutboundFailed.
    """
    check_url(url, plain=plain, networks=networks)
    with ExitStack() as around:
        added: dict[str, str] = {}
        for observer in _observers:
            added |= around.enter_context(observer(method, urlsplit(url.strip()).hostname or ""))
        return _send(
            method, url, body, {**added, **(headers or {})}, networks,
            connect_s, read_s, total_s, longest_bytes, plain, whole,
        )  # fmt: skip


def _send(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    networks: Sequence[Network] | None,
    connect_s: float,
    read_s: float,
    total_s: float | None,
    longest_bytes: int,
    plain: bool,
    whole: bool,
) -> Answer:
    rules = Rules(tuple(settings.OUTBOUND_NETWORKS if networks is None else networks), plain)
    parts = urlsplit(url.strip())
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    pool = _pools.of(parts.scheme, parts.hostname or "", parts.port, rules)
    said = {"Host": parts.netloc, "User-Agent": "chazhenjia", "Accept-Encoding": "identity", **headers}
    began = time.monotonic()
    with _Deadline(total_s or connect_s + read_s) as deadline, _told_apart(url, deadline):
        answer = pool.urlopen(
            method,
            target,
            body=body or None,
            headers=said,
            redirect=False,
            preload_content=False,
            retries=False,
            timeout=urllib3.Timeout(connect=connect_s, read=read_s),
        )
        content = b""
        while len(content) <= longest_bytes and (piece := answer.read(longest_bytes + 1, decode_content=False)):
            content += piece
        if deadline.over:
            raise OutboundFailed(url=url, why="timeout")
        if len(content) > longest_bytes:
            answer.close()
            if whole:
                raise OutboundFailed(url=url, why="too_long")
        answer.release_conn()
    spoken = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, spoken, content[:longest_bytes], int((time.monotonic() - began) * 1000))


@contextmanager
def _told_apart(url: str, deadline: _Deadline) -> Iterator[None]:
    try:
        yield
    except _Refused as error:
        raise OutboundRefused(url=url) from error
    except (HTTPError, OSError) as error:
        why = "timeout" if deadline.over or isinstance(error, TimeoutError) else _why(error)
        raise OutboundFailed(url=url, why=why) from error


def _why(error: Exception) -> str:
    """One word that stays the same, for programs and for the log."""
    kinds = (
        (NameResolutionError, "name_unknown"),
        (NewConnectionError, "no_connection"),
        (urllib3.exceptions.TimeoutError, "timeout"),
        (urllib3.exceptions.SSLError, "certificate"),
        (urllib3.exceptions.ProtocolError, "broken_off"),
    )
    return next((word for kind, word in kinds if isinstance(error, kind)), "broken_off")


class _CheckedAdapter(HTTPAdapter):
    """What `requests` calls with, where a library brings `requests` along."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **named: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _DefaultPool, "https": _DefaultTlsPool}

    def send(self, request: Any, *positional: Any, **named: Any) -> Any:
        check_url(request.url)
        named["timeout"] = named.get("timeout") or (CONNECT_S, READ_S)
        named["proxies"] = {}
        try:
            return super().send(request, *positional, **named)
        except _Refused as error:
            raise OutboundRefused(url=request.url) from error


class _DefaultRules:
    """The rules as they are when a connection is made."""

    def __get__(self, made: object, kind: type) -> Rules:
        return Rules(tuple(settings.OUTBOUND_NETWORKS))


class _DefaultPool(HTTPConnectionPool):
    ConnectionCls = type("_Default", (_Checked,), {"rules": _DefaultRules()})


class _DefaultTlsPool(HTTPSConnectionPool):
    ConnectionCls = type("_DefaultTls", (_CheckedTls,), {"rules": _DefaultRules()})


class _Session(requests.Session):
    """Follows no redirect, whatever it is asked; reads no answer without end."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        for scheme in ("http://", "https://"):
            self.mount(scheme, _CheckedAdapter())

    def request(self, method: Any, url: Any, *positional: Any, **named: Any) -> Any:
        check_url(str(url))  # as it was written: `requests` reads some addresses kindly
        return super().request(method, url, *positional, **named)

    def get_redirect_target(self, resp: Any) -> None:
        return None

    def send(self, request: Any, **named: Any) -> Any:
        asked = named.pop("stream", False)
        with _Deadline(CONNECT_S + READ_S) as deadline:
            answer = super().send(request, stream=True, **named)
            if not asked:
                _read_whole(answer, deadline)
        return answer


def _read_whole(answer: Any, deadline: _Deadline) -> None:
    held = b""
    for piece in answer.iter_content(65536):
        held += piece
        if len(held) > LONGEST_ANSWER_BYTES or deadline.over:
            answer.close()
            raise OutboundFailed(url=answer.url, why="timeout" if deadline.over else "too_long")
    answer._content, answer._content_consumed = held, True


def session() -> requests.Session:
    """A `requests.Session` under the same checks, for libraries that bring their own calls. Raises OutboundRefused."""
    return _Session()
