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

output "second_bucket" {
  description = "store.bucket of the chart, when the second region takes over"
  value       = module.second_object_store.bucket
}

output "second_kms_keys" {
  description = "S3_KMS_KEYS there"
  value       = jsonencode(module.second_object_store.kms_keys)
}

output "second_network" {
  description = "Where a cluster would be started there"
  value = {
    vpc_id             = module.second_network.vpc_id
    private_subnet_ids = module.second_network.private_subnet_ids
  }
}
