output "address" {
  description = "Host of the database"
  value       = aws_db_instance.this.address
}

output "replica_addresses" {
  description = "Hosts of the replicas"
  value       = [for replica in aws_db_instance.replica : replica.address]
}

output "superuser_secret_arn" {
  description = "Where the secret manager keeps the superuser's password; the password itself is known to nobody here"
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}

output "arn" {
  description = "The server"
  value       = aws_db_instance.this.arn
}

output "identifier" {
  description = "The server's name, for alarms"
  value       = aws_db_instance.this.identifier
}
