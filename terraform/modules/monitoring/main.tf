# What the cloud itself sees. The product's own alarms are Prometheus rules beside the runbooks.

terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

# Without the second statement an alarm that goes off cannot write to the topic, and nobody is told.
data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:root"]
    }
  }

  statement {
    actions   = ["kms:GenerateDataKey*", "kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "this" {
  description             = "${var.name}: alarms"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = var.tags
}

resource "aws_sns_topic" "this" {
  name              = "${var.name}-alarms"
  kms_master_key_id = aws_kms_key.this.arn
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "this" {
  for_each  = toset(var.alarm_emails)
  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.key
}

locals {
  alarms = {
    database-disk = {
      namespace  = "AWS/RDS", metric = "FreeStorageSpace", than = "LessThanThreshold", threshold = var.database_free_gb * 1024 * 1024 * 1024,
      dimensions = { DBInstanceIdentifier = var.database_identifier }
    }
    database-cpu = {
      namespace  = "AWS/RDS", metric = "CPUUtilization", than = "GreaterThanThreshold", threshold = 85,
      dimensions = { DBInstanceIdentifier = var.database_identifier }
    }
    database-connections = {
      namespace  = "AWS/RDS", metric = "DatabaseConnections", than = "GreaterThanThreshold", threshold = var.database_connections * 0.9,
      dimensions = { DBInstanceIdentifier = var.database_identifier }
    }
    # It never evicts, so a full one refuses tasks.
    cache-memory = {
      namespace  = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage", than = "GreaterThanThreshold", threshold = 75,
      dimensions = { CacheClusterId = "${var.cache_identifier}-001" }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  comparison_operator = each.value.than
  threshold           = each.value.threshold
  dimensions          = each.value.dimensions
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
  tags                = var.tags
}
