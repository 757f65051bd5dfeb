output "cluster_name" {
  description = "The cluster"
  value       = aws_eks_cluster.this.name
}

output "cluster_endpoint" {
  description = "Where kubectl and helm speak to it"
  value       = aws_eks_cluster.this.endpoint
}

output "file_system_id" {
  description = "Shared files, for the volume of the chart"
  value       = aws_efs_file_system.this.id
}

output "secret_arns" {
  description = "Secrets to fill"
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}
