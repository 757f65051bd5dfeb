output "url" {
  description = "BROKER_URL, without a password"
  value       = "rediss://${aws_elasticache_replication_group.this.primary_endpoint_address}:6379/0"
}

output "identifier" {
  description = "The cache's name, for alarms"
  value       = aws_elasticache_replication_group.this.replication_group_id
}
