"""A small case-handling system (办案系统) that has 查真假 in a frame of its case page.

    python app.py --folder data [--port 9100]

Its officer is fictitious. Nothing of it is meant for real cases: it shows what a real system does at this seam.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import secrets
import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from partner import Partner, Settings
from standardwebhooks.webhooks import WebhookVerificationError
from store import Store

HERE = Path(__file__).parent
LARGEST = 1_000_000
KINDS = {".css": "text/css", ".js": "text/javascript"}
WORDS = {"genuine": "正品", "counterfeit": "假冒", "infringing": "侵权", "refilled": "灌装或改装"}


class CaseSystem:
    """The cases of one folder."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings.read(folder)
        self.folder, self.store = folder, Store(folder / "cases.sqlite3")
        self.partner = Partner(self.settings, (folder / "launch-key.pem").read_bytes())
        self.signed_in: dict[str, str] = {}
        for case in self.settings.cases:
            self.store.add_case(case, [(*self._digest(name), secrets.token_urlsafe(24)) for name in case["files"]])

    def _digest(self, name: str) -> tuple[str, str]:
        return hashlib.sha256((self.folder / "photos" / name).read_bytes()).hexdigest(), name

    def launch(self, case: dict[str, Any]) -> str:
        """The address for the frame. Photos go by reference: an address each, and the digest of its bytes."""
        photos = [
            {
                "url": f"{self.settings.own_url}/photos/{row['ticket']}",
                "sha256": row["sha256"],
                "media_type": "image/jpeg",
                "name": row["name"],
            }
            for row in self.store.photos(case["id"])
        ]
        return self.partner.launch_url(case, photos)

    def pull(self, case: dict[str, Any]) -> dict[str, Any] | None:
        """Fetch the result and put it into the case's file."""
        result = self.partner.result_of(case["number"])
        if result is not None:
            self.store.keep_result(case["id"], result)
        return self.store.result(case["id"])

    def hear(self, body: bytes, headers: dict[str, str]) -> None:
        """A webhook: checked, taken once, and answered by pulling what it speaks of."""
        message = self.partner.read_webhook(body, headers)
        if self.store.heard_before(headers["webhook-id"], message["type"]):
            return
        numbers = set(message["data"].get("case_numbers", []))
        for case in self.store.cases():
            if case["number"] in numbers:
                self.pull(case)


def page(title: str, inside: str, script: str = "") -> bytes:
    """One page of the case system."""
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/page.css">'
        f"<header><strong>办案系统（示例）</strong></header><main>{inside}</main>{script}</html>"
    ).encode()


def list_page(cases: list[dict[str, Any]]) -> bytes:
    rows = "".join(
        f'<li><a href="/cases/{escape(each["id"])}">{escape(each["number"])}</a> {escape(each["title"])}</li>'
        for each in cases
    )
    return page("案件", f"<h1>我的案件</h1><ul>{rows}</ul>")


def case_page(case: dict[str, Any], photos: list[dict[str, Any]], province: str) -> bytes:
    party = case["party"]
    pictures = "".join(
        f'<figure><img src="/photos/{escape(each["ticket"])}" alt="" width="120"><figcaption>{escape(each["name"])}'
        "</figcaption></figure>"
        for each in photos
    )
    inside = f"""<h1>{escape(case["number"])}</h1><p>{escape(case["title"])}</p>
<dl><dt>当事人</dt><dd>{escape(party["name"])}　{escape(party["uscc"])}</dd>
<dt>地址</dt><dd>{escape(party["address"])}</dd></dl>
<section class="photos">{pictures}</section>
<section><button id="check" data-case="{escape(case["id"])}" data-province="{escape(province)}">查真假</button>
<iframe id="frame" title="查真假" allow="camera; geolocation" hidden></iframe></section>
<section><h2>卷宗 · 真伪辨认</h2><div id="file" aria-live="polite"><p>还没有结论。</p></div></section>"""
    return page(case["number"], inside, '<script type="module" src="/static/case.js"></script>')


def file_part(result: dict[str, Any] | None) -> str:
    """What stands in the case's file: verdicts, opinion numbers, digests of the photos."""
    if result is None:
        return "<p>还没有结论。</p>"
    parts = []
    for asked in result["requests"]:
        for item in asked["items"]:
            verdict = item["verdict"]
            said = WORDS.get(verdict["value"], verdict["label"]) if verdict else "等待答复"
            by = f"{verdict['appraiser']}：{verdict['reasons']}" if verdict else asked["asked_of"]
            digests = "".join(f"<li><code>{escape(each['sha256'])}</code></li>" for each in item["exhibits"])
            parts.append(
                f'<article data-verdict="{escape(verdict["value"] if verdict else "")}">'
                f"<h3>{escape(item['product'])} · {escape(said)}</h3><p>{escape(by)}</p>"
                f"<p>申请 {escape(asked['number'])}</p><ol>{digests}</ol></article>"
            )
    letters = "".join(
        f"<li>辨认意见书 {escape(each['opinion_no'])} <code>{escape(each['pdf_sha256'])}</code></li>"
        for each in result["opinions"]
    )
    return "".join(parts) + (f"<ul>{letters}</ul>" if letters else "")


class Handler(BaseHTTPRequestHandler):
    """Addresses of the case system."""

    system: CaseSystem

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if found := re.fullmatch(r"/static/([a-z]+\.(?:css|js))", path):
            file = HERE / "static" / found[1]
            return self._answer(200, file.read_bytes(), KINDS[file.suffix])
        if found := re.fullmatch(r"/photos/([\w-]+)", path):  # by ticket: the province fetches without signing in
            row = self.system.store.photo(found[1])
            if row is None:
                return self._answer(404, b"", "text/plain")
            return self._answer(200, (self.system.folder / "photos" / row["name"]).read_bytes(), "image/jpeg")
        if not self._officer():
            form = '<form method="post" action="/sign-in"><button>以陈队长登录</button></form>'
            return self._answer(200, page("登录", f"<h1>登录</h1>{form}"))
        if path == "/":
            return self._answer(200, list_page(self.system.store.cases()))
        case, rest = self._case(path)
        if case is None:
            return self._answer(404, page("没有", "<p>没有这一件。</p>"))
        if rest == "":
            photos = self.system.store.photos(case["id"])
            return self._answer(200, case_page(case, photos, self.system.settings.province))
        if rest == "/file":
            return self._answer(200, file_part(self.system.store.result(case["id"])).encode())
        if rest == "/file.json":
            kept = self.system.store.result(case["id"])
            return self._answer(200, json.dumps(kept, ensure_ascii=False).encode(), "application/json")
        return self._answer(404, b"", "text/plain")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            return self._answer(413, b"", "text/plain")
        body = self.rfile.read(length)
        if self.path == "/webhooks":
            try:
                self.system.hear(body, {name.lower(): value for name, value in self.headers.items()})
            except WebhookVerificationError:
                return self._answer(401, b"", "text/plain")
            return self._answer(204, b"", "text/plain")
        if self.path == "/sign-in":
            ticket = secrets.token_urlsafe(24)
            self.system.signed_in[ticket] = "chen"
            return self._answer(
                303, b"", "text/plain", Location="/", Cookie=f"case={ticket}; HttpOnly; SameSite=Strict"
            )
        case, rest = self._case(self.path)
        if not self._officer() or case is None:
            return self._answer(404, b"", "text/plain")
        if rest == "/launch":
            url = self.system.launch(case)
            return self._answer(200, json.dumps({"url": url}).encode(), "application/json")
        if rest == "/pull":
            self.system.pull(case)
            return self._answer(204, b"", "text/plain")
        return self._answer(404, b"", "text/plain")

    def _officer(self) -> str:
        found = re.search(r"(?:^|; )case=([\w-]+)", self.headers.get("Cookie", ""))
        return self.system.signed_in.get(found[1], "") if found else ""

    def _case(self, path: str) -> tuple[dict[str, Any] | None, str]:
        found = re.fullmatch(r"/cases/([\w-]+)(/[a-z.]+)?", path)
        return (self.system.store.case(found[1]), found[2] or "") if found else (None, "")

    def _answer(self, status: int, body: bytes, kind: str = "text/html", **more: str) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        if "Location" in more:
            self.send_header("Location", more["Location"])
        if "Cookie" in more:
            self.send_header("Set-Cookie", f"{more['Cookie']}; Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Silence: addresses hold tickets."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--folder", type=Path, required=True)
    asked.add_argument("--port", type=int, default=9100)
    said = asked.parse_args()
    handler = type("Bound", (Handler,), {"system": CaseSystem(said.folder)})
    server = ThreadingHTTPServer(("127.0.0.1", said.port), handler)
    sys.stdout.write(f"http://cases.localhost:{server.server_port}/\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
