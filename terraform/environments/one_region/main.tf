# Everything in one region, in two or three of its zones.

terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
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

module "network" {
  source              = "../../modules/network"
  name                = var.name
  cidr                = var.cidr
  zones               = var.zones
  object_service_name = var.object_service_name
  tags                = local.tags
}

module "database" {
  source            = "../../modules/database"
  name              = var.name
  subnet_ids        = module.network.data_subnet_ids
  security_group_id = module.network.security_group_ids["database"]
  instance_class    = var.database_class
  storage_gb        = var.database_gb
  storage_limit_gb  = var.database_limit_gb
  replicas          = var.database_replicas
  tags              = local.tags
}

module "cache" {
  source            = "../../modules/cache"
  name              = var.name
  subnet_ids        = module.network.data_subnet_ids
  security_group_id = module.network.security_group_ids["cache"]
  node_type         = var.cache_node_type
  tags              = local.tags
}

module "object_store" {
  source    = "../../modules/object_store"
  bucket    = var.bucket
  provinces = var.provinces
  tags      = local.tags
}

module "compute" {
  source                  = "../../modules/compute"
  name                    = var.name
  subnet_ids              = module.network.private_subnet_ids
  data_subnet_ids         = module.network.data_subnet_ids
  security_group_id       = module.network.security_group_ids["machines"]
  files_security_group_id = module.network.security_group_ids["files"]
  operator_networks       = var.operator_networks
  machines                = var.machines
  tags                    = local.tags
}

module "monitoring" {
  source              = "../../modules/monitoring"
  name                = var.name
  database_identifier = module.database.identifier
  cache_identifier    = module.cache.identifier
  alarm_emails        = var.alarm_emails
  tags                = local.tags
}
