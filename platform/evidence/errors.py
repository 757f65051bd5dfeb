"""What can go wrong with a photo, each with a stable code and a sentence saying what to do."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, NotAllowed, Problem, TooLarge, Unavailable


class FileTooLarge(TooLarge):
    """Data: limit_bytes, limit_mb."""

    sentence = _("这个文件超过 {limit_mb} MB。请用相机直接拍照，或换一张小一些的照片。")


def too_large(limit: int | None = None) -> FileTooLarge:
    """The refusal with the limit of this installation: that of a photo unless another is given."""
    limit = settings.MAX_UPLOAD_BYTES if limit is None else limit
    return FileTooLarge(limit_bytes=limit, limit_mb=max(1, limit // 1_000_000))


class UploadIncomplete(Problem):
    """The connection broke: fewer bytes arrived than were announced. Data: announced, arrived."""

    code = "upload_incomplete"
    status = 400
    title = _("照片没有传完")
    sentence = _("照片传到一半断了，没有保存。网络恢复后会自动重发；也可以点“重新发送”。")


class DigestDiffers(Problem):
    """The bytes that arrived are not those that were sealed on the phone. Data: declared, found (SHA-256)."""

    code = "digest_differs"
    status = 422
    title = _("照片与封存时不一致")
    sentence = _("收到的照片与拍摄时封存的不一致，没有保存。请重新发送；仍不行，请重拍。")


class UnsupportedFormat(Problem):
    """Not a JPEG, PNG, WebP or HEIC by its first bytes."""

    code = "unsupported_format"
    status = 415
    title = _("不支持的格式")
    sentence = _("只收 JPEG、PNG、WebP、HEIC 照片。请用相机拍照，或把文件转成 JPEG 后再传。")


class EmptyFile(Problem):
    """Nothing arrived."""

    code = "empty_file"
    status = 400
    title = _("文件是空的")
    sentence = _("没有收到照片内容。请重新选择照片再发送。")


class KeyReused(Conflict):
    """One idempotency key was used for two different photos."""

    code = "idempotency_key_reused"
    sentence = _("同一次发送带来了两张不同的照片，后一张没有保存。请刷新页面后重新发送。")


class AlreadyStored(Problem):
    """Something lies under this key; originals are never overwritten."""

    code = "already_stored"
    status = 409
    sentence = _("这个位置已经存有文件，没有覆盖。")


class NoSuchObject(Problem):
    """The store holds nothing under this key."""

    code = "object_missing"
    status = 404
    title = _("没有找到文件")
    sentence = _("没有找到这个文件。请联系管理员核对存储。")


class StillLocked(Conflict):
    """The store keeps this original under lock. Data: until (ISO 8601)."""

    code = "object_locked"
    sentence = _("这份原件在存储中锁定到 {until}，现在谁也删不了。到期后系统会自动清理。")


class StoreBusy(Unavailable):
    """The object store is slow, says 503, or does not answer. Data: wait_s."""

    code = "store_busy"
    title = _("存储暂时没有回应")
    sentence = _("存储现在太慢或没有回应。照片还在您的手机上，会自动重发；要看的照片请 {wait_s} 秒后再打开。")


class StoredDiffers(Problem):
    """What lies in the store is not what was sealed, and no other copy of it is. It is shown to nobody."""

    code = "stored_differs"
    status = 502
    title = _("存储的文件与封存时不一致")
    sentence = _("存储里的这份文件与封存时不一致，没有显示，已经记录。请通知系统管理员核对存储，并从备份恢复。")


class NotYetReady(Problem):
    """The view is still being made, or the photo was refused. Data: state."""

    code = "photo_not_ready"
    status = 404
    title = _("照片还在处理")
    sentence = _("照片还在处理，请稍后再看。")


class SessionEnded(Problem):
    """An upload without a session and without an upload ticket."""

    code = "sign_in_needed"
    status = 401
    title = _("登录已结束")
    sentence = _("登录已结束，照片还在手机上。请重新登录，照片会自动再发。")


class PurposeMissing(NotAllowed):
    """The original was asked for without saying why."""

    code = "purpose_missing"
    sentence = _("查看原件要写明用途，并留下记录。请从照片页填写用途后再打开。")


class OriginalStays(NotAllowed):
    """This seat only ever holds the view."""

    code = "original_stays"
    sentence = _("原件留在采集的机关，这里只有供查看的副本。")


class Withdrawn(Problem):
    """The picture was sent by mistake and is shown to nobody; digests, custody and log are there."""

    code = "exhibit_withdrawn"
    status = 410
    title = _("已撤回")
    sentence = _("这件证据已撤回，不再显示内容。摘要、保管记录和封存日志仍在。")


class NothingToShow(Problem):
    """This exhibit is no picture. Data: kind."""

    code = "exhibit_no_view"
    status = 404
    title = _("没有可查看的副本")
    sentence = _("这件证据不是照片，系统不打开它。请从证据页写明用途后下载原件。")


class UploadGone(Problem):
    """No such unfinished upload of this person: taken back, expired, or somebody else's."""

    code = "upload_gone"
    status = 404
    title = _("没有这次上传")
    sentence = _("这次上传已过期或已取消，已传的部分没有保留。照片还在手机上，会从头重新发送。")


class UploadElsewhere(Conflict):
    """The upload stands at another byte than said, or is being continued by a later request."""

    code = "upload_offset"
    sentence = _("这张照片正在另一处继续上传，或已传到别的位置。会自动核对后接着传。")


class UploadLocked(Problem):
    """The last byte has arrived and the file is being taken in by another request."""

    code = "upload_locked"
    status = 423
    title = _("正在收存")
    sentence = _("这张照片正在收存，请稍候，会自动再确认一次。")


class UploadDone(NotAllowed):
    """A finished upload cannot be taken back."""

    code = "upload_done"
    sentence = _("这张照片已经封存，不能从上传处撤回。如传错了，请在照片页申请撤回。")


class ChecksumDiffers(Problem):
    """One piece did not arrive as it was sent; nothing of it is kept. The status is that of the tus protocol."""

    code = "checksum_differs"
    status = 460
    title = _("这一段没有传好")
    sentence = _("刚传的一段与手机上的不一致，没有保存，会自动重传这一段。")


class TooManyUploads(Problem):
    """This person has too many unfinished uploads. Data: open_uploads, open_bytes."""

    code = "too_many_uploads"
    status = 429
    title = _("未传完的文件太多")
    sentence = _("您有 {open_uploads} 个文件还没有传完。请先等它们传完，再传新的。")


class TargetUnknown(Problem):
    """What is uploaded belongs to no record that takes files."""

    code = "upload_target_unknown"
    status = 400
    title = _("不知道照片归到哪里")
    sentence = _("没有说明照片归到哪一项，或那一项不收照片。请从拍照页重新发送。")


class IntakeBusy(Unavailable):
    """The process that opens photos is away or overloaded. Nothing was decided about the photo."""

    code = "intake_busy"
    sentence = _("照片暂时没有处理完，系统会自动再试。")
