"""What goes wrong with backups, each with what to do. Shown by commands and on the status page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import Problem


class BackupProblem(Problem):
    """Base: nothing of the installation was changed by it, unless the sentence says so."""

    code = "backup_problem"
    status = 409
    title = _("备份或恢复没有完成")


class KeyMissing(BackupProblem):
    code = "backup_key_missing"
    sentence = _("没有备份密钥。请设置 BACKUP_KEY 或 BACKUP_KEY_FILE（manage.py backups new-key 可以生成一个）。")


class KeyWrong(BackupProblem):
    code = "backup_key_wrong"
    sentence = _("备份密钥格式不对：应为 32 字节的 Base64。请核对 BACKUP_KEY 或 BACKUP_KEY_FILE。")


class PlaceWrong(BackupProblem):
    code = "backup_place_wrong"
    sentence = _("备份位置“{place}”不能用：应为一个文件夹，或 s3://存储桶/前缀。")


class PlaceFull(BackupProblem):
    code = "backup_place_full"
    sentence = _("写备份时空间不足。未写完的部分已清除，以前的备份没有动。请清理或扩大“{place}”后重新备份。")


class PlaceFails(BackupProblem):
    code = "backup_place_fails"
    sentence = _("备份位置“{place}”写不进去或读不出来：{why}。请检查后重试；已写好的文件不会重写。")


class NothingThere(BackupProblem):
    code = "backup_none"
    sentence = _("“{place}”里没有“{scope}”的完整备份。请用 manage.py backups list 核对位置和名称。")


class AlreadyRunning(BackupProblem):
    code = "backup_running"
    sentence = _("另一次备份或恢复正在进行。请等它结束后再试。")


class FilesAreDeleted(BackupProblem):
    code = "backup_files_are_deleted"
    sentence = _("“{scope}”正在清理到期的记录和文件，等了 {minutes} 分钟仍未结束。请稍后重新备份或恢复。")


class NoSuchProvince(BackupProblem):
    code = "backup_no_province"
    sentence = _("没有代码为“{scope}”的省。请用 manage.py province list 核对。")


class NotForSandbox(BackupProblem):
    code = "backup_sandbox"
    sentence = _("沙箱每晚重建，不备份，也不恢复。")


class PartDiffers(BackupProblem):
    code = "backup_part_differs"
    sentence = _("备份“{name}”的“{part}”部分与写入时不同，或已损坏，不能用来恢复。请改用另一份备份。")


class PartMissing(BackupProblem):
    code = "backup_part_missing"
    sentence = _("备份“{name}”缺少“{part}”部分，不能用来恢复。请改用另一份备份。")


class NotSigned(BackupProblem):
    code = "backup_not_signed"
    sentence = _("备份“{name}”的清单签名不符：它被改动过，或不是用这把密钥写的。请核对密钥，或改用另一份备份。")


class FromNewerVersion(BackupProblem):
    code = "backup_from_newer"
    sentence = _("备份“{name}”出自更新的版本（这里没有 {what}）。请先把程序升级到那一版，再恢复。")


class NeedsSameVersion(BackupProblem):
    code = "backup_needs_version"
    sentence = _("备份“{name}”出自较早的版本，这样恢复要求版本一致。请先装写备份时的版本（{version}）并恢复，再升级。")


class NeedsNewHost(BackupProblem):
    code = "backup_needs_new_host"
    sentence = _("全部恢复会替换这里的一切。确认这是要替换的主机后，请加 --to-new-host。只恢复一个省时请写省的代码。")


class CountsDiffer(BackupProblem):
    code = "backup_counts_differ"
    sentence = _("恢复出来的“{table}”有 {found} 行，备份清单写的是 {wanted} 行。没有替换任何内容，请改用另一份备份。")
