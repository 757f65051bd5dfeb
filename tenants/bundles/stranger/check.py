"""核对本证据包：python3 check.py。只用 Python 自带的库，不联网，不改文件。每项一行，遇到第一处不符就指出，以 1 结束。

Checks this bundle: Python's own library only, no network, changes nothing. One line a check; names the first thing that
is wrong and ends with 1 then. The signature of a time-stamp itself is for openssl, see README.
"""

import base64
import hashlib
import json
import os
import sys
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
ROOT = ROOT if ROOT.is_dir() else ROOT.parent
SM3 = ["sm3"] if "sm3" in hashlib.algorithms_available else []


class Wrong(Exception): ...


def say(line):
    sys.stdout.write(line + "\n")


def need(holds, what, why):
    if not holds:
        raise Wrong(f"{what}  {why}")


def data(path, *, opened=False):
    found = (ROOT / path).resolve()
    need(ROOT in found.parents and found.is_file(), path, "缺少这个文件 is missing")
    return found.open("rb") if opened else found.read_bytes()


def load(path):
    return json.loads(data(path))


# Ed25519 signatures (RFC 8032), slow and plain; points are x, y, z, t.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)


def point(raw):
    sign, y = divmod(int.from_bytes(raw, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_1 % P
    if len(raw) != 32 or y >= P or x * x % P != square or (x == 0 and sign):
        raise ValueError
    return (P - x, y, 1, -x * y % P) if x & 1 != sign else (x, y, 1, x * y % P)


def add(a, b):
    left, right = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = right - left, d - c, d + c, right + left
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, a):
    return add(times(n >> 1, add(a, a)), a if n & 1 else (0, 1, 1, 0)) if n else (0, 1, 1, 0)


def signed(key, message, signature):
    try:
        key = key if len(key) == 32 else base64.b64decode(key.split(b"\n")[1], validate=True)[-32:]
        public, nonce, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    except (IndexError, ValueError):
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    left, right = times(s, base), add(nonce, times(challenge, public))
    return s < L and all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


def signed_by(path, message, signature):
    return signed(data(path), message, data(signature))


# Merkle trees (RFC 9162, 2.1.3.2 and 2.1.4.2).
def climb(here, last, digest, path):
    old = new = digest
    for other in path:
        if last == 0:
            return b"", b""
        if here & 1 or here == last:
            old, new = (hashlib.sha256(b"\x01" + other + each).digest() for each in (old, new))
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = hashlib.sha256(b"\x01" + new + other).digest()
        here, last = here >> 1, last >> 1
    return (old, new) if last == 0 else (b"", b"")


def continues(old, new, old_root, new_root, path):
    if old == new or not path:
        return old == new and not path and old_root == new_root
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    path = path if old & (old - 1) else [old_root, *path]
    return climb(here, last, path[0], path[1:]) == (old_root, new_root)


def check_files(listed):
    for line in listed:
        digests, size = [hashlib.new(name) for name in ["sha256", *SM3]], 0
        with data(line["path"], opened=True) as stream:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                _ = [digest.update(chunk) for digest in digests]
        same = [digest.hexdigest() for digest in digests] == [line[name] for name in ["sha256", *SM3]]
        need(same and size == line["size_bytes"], line["path"], "被改动过：与清单不符 altered: not as in the manifest")
    here = {Path(top, name).relative_to(ROOT).as_posix() for top, _, names in os.walk(ROOT) for name in names}
    here = {path for path in here if not Path(path).name.startswith((".", "Thumbs.db", "desktop.ini"))}
    extra = sorted(here - {"manifest.json", "manifest.sig"} - {line["path"] for line in listed})
    need(not extra, extra[:1], "不在清单上，是后来加进来的 is not in the manifest: it was added later")
    say(f"对 OK  {len(listed)} 个文件的大小和摘要 files: size, SHA-256{', SM3' if SM3 else ''}")
    if not SM3:
        say("注意 NOTE  这里的 Python 没有 SM3，请用 openssl dgst -sm3 no SM3 in this Python: use openssl dgst -sm3")


def check_log(heads, entries):
    pairs = [(head, load(head["path"])) for head in heads]
    roots = {said["size"]: bytes.fromhex(said["root"]) for _, said in pairs}
    for head, said in pairs:
        body, path, last = data(head["path"]), [bytes.fromhex(part) for part in head["consistency"]], max(roots)
        need(signed_by(head["key"], body, head["signature"]), head["path"], "签名不符 is not what was signed")
        holds = continues(said["size"], last, roots[said["size"]], roots[last], path)
        need(holds, head["path"], "与最后一次日结不衔接 is no beginning of the last head")
        stamped = not head["stamp"] or hashlib.sha256(body).digest() in data(head["stamp"])
        need(stamped, head["stamp"], "时间戳不是给这次日结的 is for another head")
        for row in head["witnesses"]:
            vouched = load(row["path"])
            same = vouched == {**vouched, **{part: said[part] for part in ("log", "size", "root")}}
            same = same and vouched["witness"] == row["witness"]
            same = same and signed_by(row["key"], data(row["path"]), row["signature"])
            need(same, row["path"], "见证签名与日结不符 does not vouch for this head")
    say(f"对 OK  {len(heads)} 次日结的签名，前后衔接 heads: signatures, each a beginning of the last")
    say(f"对 OK  {sum(len(head['witnesses']) for head in heads)} 份见证签名 countersignatures")
    say(f"对 OK  {sum(bool(head['stamp']) for head in heads)} 个时间戳是给这些日结的 time-stamps are for these heads")
    for entry in entries:
        leaf = hashlib.sha256(b"\x00" + data(entry["path"])).digest()
        path, index, size = [bytes.fromhex(part) for part in entry["proof"]], entry["index"], entry["size"]
        holds = 0 <= index < size and climb(index, size - 1, leaf, path)[1] == roots.get(size)
        need(holds, entry["path"], "不在日结之下的日志里 is not in the log under its head")
    say(f"对 OK  {len(entries)} 条封存日志在日结之下 log entries are under a head")


def check_records(manifest):
    digests = {line["path"]: (line["sha256"], line["sm3"]) for line in manifest["files"]}
    for row in manifest["exhibits"]:
        sealed, what = row["sealed"], row["original"] or "exhibit " + row["exhibit"]
        told = sealed["sha256"], sealed["sm3"]
        need(digests.get(row["original"], told) == told, what, "不是封存的原件 is not the original that was sealed")
        need(load(row["log"])["content"] == sealed, what, "与封存日志所记不同 differs from the sealed log")
    say(f"对 OK  {len(manifest['exhibits'])} 件证据与封存日志一致 exhibits are as they were sealed")
    events = load(manifest["custody"]) if manifest["custody"] else []
    for event in events:
        same = load(event["log"])["content"] == event["event"]
        need(same, manifest["custody"], "与封存日志不同 differs from the sealed log")
    say(f"对 OK  {len(events)} 条保管记录与封存日志一致 custody events are as they were sealed")
    for row in manifest["packages"]:
        said = load(row["log"])["content"]
        need(digests[row["path"]] == (said["sha256"], said["sm3"]), row["path"], "不是封存的证据包 is not as sealed")
    for row in manifest["letters"]:
        said = load(row["envelope"])
        same = digests[row["body"]] == (said["body_sha256"], said["body_sm3"])
        same = same and digests[row["attachments"]][0] == said["manifest_sha256"]
        need(same, row["body"], "正文或附件清单与信封上的摘要不同 letter and envelope do not belong together")
    say(f"对 OK  {len(manifest['packages'])} 个证据包 packages, {len(manifest['letters'])} 封函件和往来 letters")


def main():
    try:
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        manifest, issuer = load("manifest.json"), load("manifest.json")["issuer"]
        if not signed_by(issuer["key"], data("manifest.json"), "manifest.sig"):
            known = signed(bytes.fromhex(issuer["public_key"]), data("manifest.json"), data("manifest.sig"))
            raise Wrong(f"{issuer['key'] if known else 'manifest.json, manifest.sig'}  被改动过 was altered")
        say("对 OK  清单的签名 signature of the manifest")
        check_files(manifest["files"])
        for row in issuer["earlier"]:
            vouched = signed_by(row["key"], data(row["change"]), row["signature"])
            need(vouched, row["change"], "不是前一把密钥签的 is not signed by the key before")
        check_log(**load(manifest["log"]))
        check_records(manifest)
    except Wrong as wrong:
        return say(f"错 WRONG  {wrong}") or 1
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        return say(f"错 WRONG  manifest.json  内容不合约定 is not of the agreed form: {error!r}") or 1
    return say("全部相符 ALL HOLD") or 0


sys.exit(main())
