output "vpc_id" {
  description = "The VPC"
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Where machines run"
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "data_subnet_ids" {
  description = "Where the database, the cache and shared files lie"
  value       = [for subnet in aws_subnet.data : subnet.id]
}

output "security_group_ids" {
  description = "machines, database, cache, files"
  value       = merge({ machines = aws_security_group.machines.id }, { for name, group in aws_security_group.data : name => group.id })
}
