output "region" {
  description = "What the chart and whoever fills the secrets need: see modules/region/outputs.tf"
  value       = module.region
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
