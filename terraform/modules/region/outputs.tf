output "database_host" {
  description = "database.host of the chart"
  value       = module.database.address
}

output "database_replicas" {
  description = "Hosts of the read replicas"
  value       = module.database.replica_addresses
}

output "superuser_secret_arn" {
  description = "Where the superuser's password is kept, for manage.py make_database"
  value       = module.database.superuser_secret_arn
}

output "broker_url" {
  description = "broker.url of the chart"
  value       = module.cache.url
}

output "bucket" {
  description = "store.bucket of the chart"
  value       = module.object_store.bucket
}

output "kms_keys" {
  description = "S3_KMS_KEYS, under settings of the chart"
  value       = jsonencode(module.object_store.kms_keys)
}

output "program_policy_arn" {
  description = "What the program's access key may do"
  value       = module.object_store.program_policy_arn
}

output "cluster" {
  description = "Name and address of the cluster"
  value       = { name = module.compute.cluster_name, endpoint = module.compute.cluster_endpoint }
}

output "file_system_id" {
  description = "For the volume of the chart"
  value       = module.compute.file_system_id
}

output "secret_arns" {
  description = "Secrets to fill before the chart is installed"
  value       = module.compute.secret_arns
}

output "alarm_topic_arn" {
  description = "Where alarms go"
  value       = module.monitoring.topic_arn
}

output "database_arn" {
  description = "The database server, whose backups a second region keeps"
  value       = module.database.arn
}

output "objects" {
  description = "What replication needs to know of the bucket; the last is known once versions are on"
  value = {
    arn           = module.object_store.bucket_arn
    keys          = values(module.object_store.kms_keys)
    versioning_id = module.object_store.versioning_id
  }
}
