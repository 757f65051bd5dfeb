"""The calls to 企业微信: token, who a code is, whether somebody is still in the list.

Source: developer.work.weixin.qq.com, 获取access_token, 获取访问用户身份, 读取成员.
"""

from __future__ import annotations

from typing import Any, ClassVar

from signon.errors import ProviderSilent
from signon.oidc.published import call
from signon.work_accounts import GONE, STILL, Directory

TOKEN_IS_OVER = frozenset({40001, 40014, 42001})
NO_SUCH_PERSON = frozenset({60111, 60103, 40003})
ACTIVE = 1


class WeCom(Directory):
    endpoints: ClassVar[dict[str, str]] = {
        "api": "https://qyapi.weixin.qq.com",
        "scan": "https://login.work.weixin.qq.com/wwlogin/sso/login",
        "inside": "https://open.weixin.qq.com/connect/oauth2/authorize",
    }

    def new_token(self) -> tuple[str, int]:
        asked = {"corpid": self.app.client_id, "corpsecret": self.app.secret}
        _status, said = call("GET", self.at("api", "/cgi-bin/gettoken"), params=asked)
        if said.get("errcode") or not said.get("access_token"):
            raise self.refused(said)
        return str(said["access_token"]), int(said.get("expires_in") or 7200)

    def ask(self, path: str, **asked: str) -> dict[str, Any]:
        """One question; with a new token once, when the kept one is no longer taken."""
        for fresh in (False, True):
            params = {"access_token": self.token(fresh=fresh), **asked}
            _status, said = call("GET", self.at("api", path), params=params)
            if said.get("errcode") not in TOKEN_IS_OVER:
                return said
        raise self.refused(said)

    def person(self, code: str) -> dict[str, Any]:
        """Who signed in with this code. Somebody outside the bureau has no `userid`. Raises ProviderSilent."""
        said = self.ask("/cgi-bin/auth/getuserinfo", code=code)
        if said.get("errcode"):
            raise self.refused(said)
        userid = said.get("userid") or said.get("UserId")
        if not userid:
            raise ProviderSilent(why="no userid")
        found = {"userid": str(userid)}
        more = self.ask("/cgi-bin/user/get", userid=str(userid))
        if not more.get("errcode"):
            found |= {name: more[name] for name in ("name", "mobile", "email", "biz_mail") if more.get(name)}
        return found

    def status(self, userid: str) -> str:
        said = self.ask("/cgi-bin/user/get", userid=userid)
        if said.get("errcode") in NO_SUCH_PERSON:
            return GONE
        if said.get("errcode"):
            raise self.refused(said)
        return STILL if said.get("status", ACTIVE) == ACTIVE and said.get("enable", 1) == 1 else GONE
