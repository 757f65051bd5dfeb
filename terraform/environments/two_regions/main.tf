# One region works; a second one holds the objects (replicated, locked there too) and the database's backups to the minute, in a
# network and a bucket of its own, ready for a cluster to be started there: see docs/operators/terraform.md.

terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }

  # Which bucket: terraform init -backend-config=state.hcl. The state holds no secret, and is encrypted all the same.
  backend "s3" {
    key          = "chazhenjia/two_regions.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "second"
  region = var.second_region

  default_tags {
    tags = local.tags
  }
}

locals {
  tags = { Product = "chazhenjia", Installation = var.name }
}

module "region" {
  source              = "../../modules/region"
  name                = var.name
  zones               = var.zones
  cidr                = var.cidr
  object_service_name = var.object_service_name
  provinces           = var.provinces
  bucket              = var.bucket
  sizes               = var.sizes
  operator_networks   = var.operator_networks
  alarm_emails        = var.alarm_emails
  tags                = local.tags
}

# The second region ----------------------------------------------------------------------------------------------------

module "second_network" {
  source              = "../../modules/network"
  providers           = { aws = aws.second }
  name                = "${var.name}-second"
  cidr                = var.second_cidr
  zones               = var.second_zones
  object_service_name = var.second_object_service_name
  tags                = local.tags
}

module "second_object_store" {
  source    = "../../modules/object_store"
  providers = { aws = aws.second }
  bucket    = var.second_bucket
  provinces = var.provinces
  tags      = local.tags
}

resource "aws_kms_key" "second_backups" {
  provider                = aws.second
  description             = "${var.name}: backups of the database in the second region"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_db_instance_automated_backups_replication" "this" {
  provider               = aws.second
  source_db_instance_arn = module.region.database_arn
  kms_key_id             = aws_kms_key.second_backups.arn
  retention_period       = 35
}

data "aws_iam_policy_document" "replication_assumed_by" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "replication" {
  name               = "${var.name}-replication"
  assume_role_policy = data.aws_iam_policy_document.replication_assumed_by.json
}

data "aws_iam_policy_document" "replication" {
  statement {
    actions = [
      "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl",
      "s3:GetObjectVersionTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold",
    ]
    resources = [module.region.objects.arn, "${module.region.objects.arn}/*"]
  }

  statement {
    actions   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
    resources = ["${module.second_object_store.bucket_arn}/*"]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = module.region.objects.keys
  }

  statement {
    actions   = ["kms:GenerateDataKey", "kms:Encrypt"]
    resources = values(module.second_object_store.kms_keys)
  }
}

resource "aws_iam_role_policy" "replication" {
  name   = "replication"
  role   = aws_iam_role.replication.id
  policy = data.aws_iam_policy_document.replication.json
}

# A rule for each province, so that its objects lie under its own key there too.
resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = module.region.objects.versioning_id
  role   = aws_iam_role.replication.arn

  dynamic "rule" {
    for_each = { for at, code in concat(var.provinces, ["*"]) : code => at }

    content {
      id       = rule.key == "*" ? "others" : rule.key
      priority = rule.key == "*" ? 0 : rule.value + 1
      status   = "Enabled"

      filter {
        prefix = rule.key == "*" ? "" : "${rule.key}/"
      }

      delete_marker_replication {
        status = "Enabled"
      }

      source_selection_criteria {
        sse_kms_encrypted_objects {
          status = "Enabled"
        }
      }

      destination {
        bucket        = module.second_object_store.bucket_arn
        storage_class = "STANDARD"

        encryption_configuration {
          replica_kms_key_id = module.second_object_store.kms_keys[rule.key]
        }
      }
    }
  }
}
