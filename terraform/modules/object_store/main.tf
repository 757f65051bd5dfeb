# One bucket with versions and object lock, a key for each province and one for everybody else. The program locks each
# original by itself (S3_LOCK_DAYS, compliance mode), so the bucket has no term of its own: views may be made again.

terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

locals {
  owners = toset(concat(var.provinces, ["others"]))
}

resource "aws_kms_key" "owner" {
  for_each                = local.owners
  description             = "${var.bucket}: objects of ${each.key}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = merge(var.tags, { Province = each.key })

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "owner" {
  for_each      = local.owners
  name          = "alias/${var.bucket}-${each.key}"
  target_key_id = aws_kms_key.owner[each.key].key_id
}

resource "aws_s3_bucket" "this" {
  bucket              = var.bucket
  object_lock_enabled = true
  force_destroy       = false
  tags                = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.owner["others"].arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "OnlyByTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "NobodyLiftsALock"
    effect    = "Deny"
    actions   = ["s3:BypassGovernanceRetention", "s3:PutBucketObjectLockConfiguration"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.bucket.json
}

# What can be made again leaves no old versions: exports after a day, views and thumbnails after a month.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  dynamic "rule" {
    for_each = { for pair in setproduct(sort(tolist(toset(var.provinces))), [["bundle", 1], ["view", 30], ["thumb", 30]]) : "${pair[0]}-${pair[1][0]}" => {
      prefix = "${pair[0]}/${pair[1][0]}/"
      days   = pair[1][1]
    } }

    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = rule.value.prefix
      }

      noncurrent_version_expiration {
        noncurrent_days = rule.value.days
      }
    }
  }

  rule {
    id     = "broken-uploads"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 15
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

# What the program may do: read, write, lock. Not: delete a version, change the bucket.
data "aws_iam_policy_document" "program" {
  statement {
    sid = "Objects"
    actions = [
      "s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectRetention", "s3:PutObject", "s3:PutObjectRetention",
      "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts",
    ]
    resources = ["${aws_s3_bucket.this.arn}/*"]
  }

  statement {
    sid = "Bucket"
    actions = [
      "s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration",
      "s3:GetEncryptionConfiguration", "s3:GetBucketLocation",
    ]
    resources = [aws_s3_bucket.this.arn]
  }

  statement {
    sid       = "Keys"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"]
    resources = [for key in aws_kms_key.owner : key.arn]
  }
}

resource "aws_iam_policy" "program" {
  name        = "${var.bucket}-program"
  description = "What the program may do with the objects"
  policy      = data.aws_iam_policy_document.program.json
  tags        = var.tags
}
