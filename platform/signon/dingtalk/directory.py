"""The calls to 钉钉: token, who a code is, whether somebody is still in the list.

Source: open.dingtalk.com, 获取用户token, 获取用户通讯录个人信息, 根据unionid获取用户userid, 查询用户详情.
"""

from __future__ import annotations

from typing import Any, ClassVar

from signon.errors import ProviderSilent
from signon.oidc.published import call
from signon.work_accounts import GONE, STILL, Directory

TOKEN_IS_OVER = frozenset({88, 40014, 42001})
NO_SUCH_PERSON = frozenset({60121, 60103})


class DingTalk(Directory):
    endpoints: ClassVar[dict[str, str]] = {
        "api": "https://api.dingtalk.com",
        "list": "https://oapi.dingtalk.com",
        "authorize": "https://login.dingtalk.com/oauth2/auth",
    }

    def new_token(self) -> tuple[str, int]:
        asked = {"appKey": self.app.client_id, "appSecret": self.app.secret}
        _status, said = call("POST", self.at("api", "/v1.0/oauth2/accessToken"), json=asked)
        if not said.get("accessToken"):
            raise self.refused(said)
        return str(said["accessToken"]), int(said.get("expireIn") or 7200)

    def ask(self, path: str, asked: dict[str, str]) -> dict[str, Any]:
        """One question; with a new token once, when the kept one is no longer taken."""
        for fresh in (False, True):
            _status, said = call(
                "POST", self.at("list", path), params={"access_token": self.token(fresh=fresh)}, json=asked
            )
            if said.get("errcode") not in TOKEN_IS_OVER:
                return said
        raise self.refused(said)

    def redeem(self, code: str) -> str:
        """The person's own token for a code. Raises ProviderSilent."""
        asked = {
            "clientId": self.app.client_id,
            "clientSecret": self.app.secret,
            "code": code,
            "grantType": "authorization_code",
        }
        _status, said = call("POST", self.at("api", "/v1.0/oauth2/userAccessToken"), json=asked)
        if not said.get("accessToken"):
            raise self.refused(said)
        return str(said["accessToken"])

    def person(self, token: str) -> dict[str, Any]:
        """Who holds this token, with the bureau's own name for them. Raises ProviderSilent."""
        headers = {"x-acs-dingtalk-access-token": token}
        _status, said = call("GET", self.at("api", "/v1.0/contact/users/me"), headers=headers)
        if not said.get("unionId"):
            raise self.refused(said)
        known = self.ask("/topapi/user/getbyunionid", {"unionid": str(said["unionId"])})
        userid = (known.get("result") or {}).get("userid")
        if known.get("errcode") or not userid:
            raise ProviderSilent(why="no userid")
        found = {"userid": str(userid), "unionid": str(said["unionId"]), "name": str(said.get("nick") or "")}
        return found | {name: said[name] for name in ("mobile", "email") if said.get(name)}

    def status(self, userid: str) -> str:
        said = self.ask("/topapi/v2/user/get", {"userid": userid})
        if said.get("errcode") in NO_SUCH_PERSON:
            return GONE
        if said.get("errcode"):
            raise self.refused(said)
        return STILL if (said.get("result") or {}).get("active", True) else GONE
