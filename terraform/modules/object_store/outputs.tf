output "bucket" {
  description = "S3_BUCKET"
  value       = aws_s3_bucket.this.bucket
}

output "bucket_arn" {
  description = "The bucket"
  value       = aws_s3_bucket.this.arn
}

output "kms_keys" {
  description = "S3_KMS_KEYS: each province's prefix to its key, and everybody else's"
  value       = merge({ for code in var.provinces : code => aws_kms_key.owner[code].arn }, { "*" = aws_kms_key.owner["others"].arn })
}

output "program_policy_arn" {
  description = "Attach it to the identity whose access key the program gets"
  value       = aws_iam_policy.program.arn
}

output "versioning_id" {
  description = "Known once versions are on: replication waits for it"
  value       = aws_s3_bucket_versioning.this.id
}
