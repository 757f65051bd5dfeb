# A region in which the product runs: network, database, cache, objects, cluster, alarms.

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
  usual = {
    database_class    = "db.r6g.2xlarge"
    database_gb       = 500  # disk at the beginning
    database_limit_gb = 4000 # how large it may grow by itself
    database_replicas = 0
    cache_node_type   = "cache.r6g.large"
    machines = {
      general     = { instance_types = ["m6i.xlarge"], least = 3, most = 12, disk_gb = 80 }
      recognition = { instance_types = ["c6i.2xlarge"], least = 1, most = 6, disk_gb = 80 }
    }
  }
  sizes = merge(local.usual, var.sizes)
}

module "network" {
  source              = "../network"
  name                = var.name
  cidr                = var.cidr
  zones               = var.zones
  object_service_name = var.object_service_name
  tags                = var.tags
}

module "database" {
  source            = "../database"
  name              = var.name
  subnet_ids        = module.network.data_subnet_ids
  security_group_id = module.network.security_group_ids["database"]
  instance_class    = local.sizes.database_class
  storage_gb        = local.sizes.database_gb
  storage_limit_gb  = local.sizes.database_limit_gb
  replicas          = local.sizes.database_replicas
  tags              = var.tags
}

module "cache" {
  source            = "../cache"
  name              = var.name
  subnet_ids        = module.network.data_subnet_ids
  security_group_id = module.network.security_group_ids["cache"]
  node_type         = local.sizes.cache_node_type
  tags              = var.tags
}

module "object_store" {
  source    = "../object_store"
  bucket    = var.bucket
  provinces = var.provinces
  tags      = var.tags
}

module "compute" {
  source                  = "../compute"
  name                    = var.name
  subnet_ids              = module.network.private_subnet_ids
  data_subnet_ids         = module.network.data_subnet_ids
  security_group_id       = module.network.security_group_ids["machines"]
  files_security_group_id = module.network.security_group_ids["files"]
  operator_networks       = var.operator_networks
  machines                = local.sizes.machines
  tags                    = var.tags
}

module "monitoring" {
  source              = "../monitoring"
  name                = var.name
  database_identifier = module.database.identifier
  cache_identifier    = module.cache.identifier
  alarm_emails        = var.alarm_emails
  tags                = var.tags
}
