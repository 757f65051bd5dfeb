"""核对本省导出：python3 check.py [文件夹]。只用 Python 自带的库，不联网，不改文件。遇到第一处不符就指出，以 1 结束。

Checks the export of one province: Python's own library only, no network, changes nothing. Ends with 1 at what is wrong.
"""

import hashlib
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

Point = tuple[int, int, int, int]

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
ROOT = ROOT if ROOT.is_dir() else ROOT.parent
SM3 = "sm3" in hashlib.algorithms_available


class Wrong(Exception): ...


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def need(holds: bool, what: object, why: str) -> None:
    if not holds:
        raise Wrong(f"{what}  {why}")


def inside(path: str) -> Path:
    found = (ROOT / path).resolve()
    need(ROOT in found.parents and found.is_file(), path, "缺少这个文件 is missing")
    return found


def digest(path: str, names: Sequence[str] = ("sha256",)) -> tuple[list[str], int, int]:
    made, size, lines = [hashlib.new(name) for name in names], 0, 0
    with inside(path).open("rb") as stream:
        while chunk := stream.read(1 << 20):
            size, lines = size + len(chunk), lines + chunk.count(b"\n")
            for each in made:
                each.update(chunk)
    return [each.hexdigest() for each in made], size, lines


def rows(path: str) -> Iterator[dict[str, Any]]:
    with inside(path).open("rb") as stream:
        for line in stream:
            yield json.loads(line)


# Ed25519 signatures (RFC 8032), slow and plain; points are x, y, z, t.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)


def point(raw: bytes) -> Point:
    sign, y = divmod(int.from_bytes(raw, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_1 % P
    if len(raw) != 32 or y >= P or x * x % P != square or (x == 0 and sign):
        raise ValueError
    return (P - x, y, 1, -x * y % P) if x & 1 != sign else (x, y, 1, x * y % P)


def add(a: Point, b: Point) -> Point:
    left, right = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = right - left, d - c, d + c, right + left
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n: int, a: Point) -> Point:
    total = (0, 1, 1, 0)
    while n:
        total, a, n = (add(total, a) if n & 1 else total), add(a, a), n >> 1
    return total


def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        public, nonce, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    except ValueError:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    base = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    left, right = times(s, base), add(nonce, times(challenge, public))
    return s < L and all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


def raw(value: str) -> bytes:
    """A bytea column as PostgreSQL writes it in JSON."""
    return bytes.fromhex(value.removeprefix("\\x"))


class Tree:
    """The Merkle tree of a log (RFC 9162), leaf by leaf: only the roots of complete subtrees are kept."""

    def __init__(self) -> None:
        self.peaks: list[bytes] = []
        self.size = 0

    def add(self, leaf: bytes) -> None:
        level, here = 0, leaf
        while self.size >> level & 1:
            here, level = hashlib.sha256(b"\x01" + self.peaks.pop() + here).digest(), level + 1
        self.peaks.append(here)
        self.size += 1

    def root(self) -> bytes:
        found = self.peaks[-1]
        for other in reversed(self.peaks[:-1]):
            found = hashlib.sha256(b"\x01" + other + found).digest()
        return found


def check_parts(manifest: dict[str, Any]) -> dict[str, str]:
    listed = {"manifest.json", "manifest.sig", "parts.jsonl"}
    for part in manifest["files"]:
        need(digest(part["path"])[0] == [part["sha256"]], part["path"], "被改动过 was altered")
        listed.add(part["path"])
    total = 0
    for part in manifest["tables"]:
        path = part["part"]
        (sha256,), size, lines = digest(path)
        need((sha256, size) == (part["sha256"], part["size_bytes"]), path, "被改动过：与清单不符 altered")
        need(lines == part["rows"], path, "行数与清单不符 another number of rows")
        listed.add(path)
        total += lines
    described = json.loads(inside("schema.json").read_bytes())
    need({part["part"] for part in manifest["tables"]} == set(described), "schema.json", "与数据表不对应 tables differ")
    say(f"对 OK  {len(manifest['tables'])} 张表 {total} 行的摘要 tables and rows: SHA-256")
    names = ["sha256", "sm3"] if SM3 else ["sha256"]
    count, known = 0, dict[str, str]()
    for part in manifest["objects"]:
        need(digest(part["path"])[0] == [part["sha256"]], part["path"], "被改动过 was altered")
        listed.add(part["path"])
        for row in rows(part["path"]):
            made, size, _lines = digest(row["path"], names)
            same = made == [row[name] for name in names] and size == row["size_bytes"]
            need(same, row["path"], "被改动过：与清单不符 altered")
            listed.add(row["path"])
            known[row["key"]] = row["sha256"]
            count += 1
    say(f"对 OK  {count} 个文件的摘要 objects: SHA-256{', SM3' if SM3 else ''}")
    here = {Path(top, name).relative_to(ROOT).as_posix() for top, _, found in os.walk(ROOT) for name in found}
    extra = sorted(path for path in here - listed if not Path(path).name.startswith("."))
    need(not extra, extra[:1], "不在清单上，是后来加进来的 is not in the manifest: it was added later")
    return known


def emptied() -> set[tuple[str, int]]:
    """Log and place of the entries whose text went when its period was over: a sealed proof in the same log says so."""
    found = set[tuple[str, int]]()
    for row in rows("data/own/audit_logentry.jsonl"):
        if row["kind"] == "retention.cleared" and row["position"] is not None and row["body"]:
            said = json.loads(row["body"])
            same = (said["log"], said["id"], said["kind"]) == (row["log"], row["id"], row["kind"])
            need(same, row["id"], "封存记录的编目与内容不一致 the columns of a sealed entry differ from its body")
            found |= {(row["log"], position) for position in said["content"].get("emptied", ())}
    return found


def check_log() -> None:
    """Every sealed entry is the leaf it says, or was emptied with a proof; the heads follow from the leaves, signed."""
    heads: dict[int, dict[str, Any]] = {}
    for row in rows("data/own/audit_loghead.jsonl"):
        heads[row["size"]] = row
    places, waiting, cleared = dict[int, bytes](), 0, emptied()
    for row in rows("data/own/audit_logentry.jsonl"):
        leaf = raw(row["leaf_hash"])
        if row["body"]:
            same = leaf == hashlib.sha256(b"\x00" + row["body"].encode()).digest()
            need(same, row["id"], "封存记录被改动过 a sealed entry was altered")
        else:
            proven = (row["log"], row["position"]) in cleared
            need(proven, row["id"], "封存记录的内容没有了，也没有清理凭证 a sealed entry was emptied without a proof")
        if row["position"] is None:
            waiting += 1
        else:
            places[row["position"]] = leaf
    need(sorted(places) == list(range(len(places))), "audit_logentry", "封存记录有缺号 a sealed entry is missing")
    tree, good = Tree(), 0
    for position in range(len(places)):
        tree.add(places[position])
        if tree.size in heads:
            head = heads[tree.size]
            said = json.loads(head["body"])
            same = raw(head["root"]) == tree.root() and (said["root"], said["size"]) == (tree.root().hex(), tree.size)
            need(same, head["id"], "日结与封存记录不符 a head differs from its entries")
            whole = signed(raw(head["public_key"]), head["body"].encode(), raw(head["signature"]))
            need(whole, head["id"], "日结签名不符 the signature of a head is wrong")
            good += 1
    need(good == len(heads), "audit_loghead", "日结超出封存记录 a head goes beyond the entries")
    say(
        f"对 OK  {len(places)} 条封存记录，{good} 次日结的签名 sealed entries, signed heads; {waiting} 条待入列 waiting"
    )


def check_originals(known: dict[str, str]) -> None:
    """Every exhibit's original is here, and is the one that was sealed; one that came back from a backup has another
    version than its row says, and the same bytes.
    """
    count, versions = 0, dict[str, set[str]]()
    for key, sha256 in known.items():
        versions.setdefault(key.partition("?v=")[0], set()).add(sha256)
    for row in rows("data/own/evidence_exhibit.jsonl"):
        key = row.get("original_key") or ""
        if key:
            found = {known[key]} if key in known else versions.get(key.partition("?v=")[0], set())
            need(row["sha256"] in found, key, "原件缺失或不是封存的那份 an original is missing or another one")
            count += 1
    say(f"对 OK  {count} 件证据的原件与封存时一致 originals are as they were sealed")


def main() -> int:
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        manifest = json.loads(inside("manifest.json").read_bytes())
        key = bytes.fromhex(inside(manifest["signed_by"]).read_text().strip())
        whole = signed(key, inside("manifest.json").read_bytes(), inside("manifest.sig").read_bytes())
        need(whole, "manifest.json", "签名不符：被改动过 was altered")
        say(f"对 OK  {manifest['title']} {manifest['made_at']} 清单的签名 signature of the manifest")
        known = check_parts(manifest)
        check_log()
        check_originals(known)
    except Wrong as wrong:
        say(f"错 WRONG  {wrong}")
        return 1
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, OSError) as error:
        say(f"错 WRONG  内容不合约定 is not of the agreed form: {error!r}")
        return 1
    say("全部相符 ALL HOLD")
    return 0


if __name__ == "__main__":
    sys.exit(main())
