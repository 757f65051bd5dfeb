# Everything in one region, in two or three of its zones.

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
    key          = "chazhenjia/one_region.tfstate"
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
