# PostgreSQL with pgvector, in two zones. The superuser's password is made and kept by the secret manager of the cloud:
# it never comes into Terraform's state. The owner's login and its password are made by `manage.py make_database`.

terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

resource "aws_kms_key" "this" {
  description             = "${var.name}: database"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
  tags       = var.tags
}

# Many schemas in one cluster: a migration of all provinces touches each of their tables.
resource "aws_db_parameter_group" "this" {
  name   = var.name
  family = "postgres${var.engine_major}"
  tags   = var.tags

  parameter {
    name         = "max_locks_per_transaction"
    value        = "512"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "max_connections"
    value        = tostring(var.max_connections)
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name  = "log_statement"
    value = "none"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "-1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  identifier                            = var.name
  engine                                = "postgres"
  engine_version                        = var.engine_major
  instance_class                        = var.instance_class
  allocated_storage                     = var.storage_gb
  max_allocated_storage                 = var.storage_limit_gb
  storage_type                          = "gp3"
  storage_encrypted                     = true
  kms_key_id                            = aws_kms_key.this.arn
  username                              = "postgres"
  manage_master_user_password           = true
  master_user_secret_kms_key_id         = aws_kms_key.this.key_id
  multi_az                              = true
  publicly_accessible                   = false
  db_subnet_group_name                  = aws_db_subnet_group.this.name
  parameter_group_name                  = aws_db_parameter_group.this.name
  vpc_security_group_ids                = [var.security_group_id]
  backup_retention_period               = var.backup_days
  backup_window                         = "18:00-19:00"
  maintenance_window                    = "sat:19:30-sat:20:30"
  copy_tags_to_snapshot                 = true
  deletion_protection                   = true
  skip_final_snapshot                   = false
  final_snapshot_identifier             = "${var.name}-final"
  auto_minor_version_upgrade            = true
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.this.arn
  performance_insights_retention_period = 7
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  tags                                  = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

# For pages that only read; how far behind they may be is the application's setting.
resource "aws_db_instance" "replica" {
  count                      = var.replicas
  identifier                 = "${var.name}-replica-${count.index}"
  replicate_source_db        = aws_db_instance.this.identifier
  instance_class             = var.instance_class
  storage_encrypted          = true
  kms_key_id                 = aws_kms_key.this.arn
  publicly_accessible        = false
  parameter_group_name       = aws_db_parameter_group.this.name
  vpc_security_group_ids     = [var.security_group_id]
  auto_minor_version_upgrade = true
  skip_final_snapshot        = true
  tags                       = var.tags
}
