# A Kubernetes cluster for the chart in infra/kubernetes, two groups of machines, and files that they share. Secrets are
# containers here: what is in them is put there by a person, at the cloud, and is in no state.

terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

data "aws_partition" "this" {}

resource "aws_kms_key" "this" {
  description             = "${var.name}: cluster, shared files, secrets"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  tags                    = var.tags
}

data "aws_iam_policy_document" "assumed_by" {
  for_each = { cluster = "eks.amazonaws.com", machines = var.machine_service }

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [each.value]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each           = data.aws_iam_policy_document.assumed_by
  name               = "${var.name}-${each.key}"
  assume_role_policy = each.value.json
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.this["cluster"].name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_role_policy_attachment" "machines" {
  for_each   = toset(["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"])
  role       = aws_iam_role.this["machines"].name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/${each.key}"
}

resource "aws_eks_cluster" "this" {
  name                      = var.name
  role_arn                  = aws_iam_role.this["cluster"].arn
  version                   = var.kubernetes_version
  enabled_cluster_log_types = ["api", "audit", "authenticator"]
  tags                      = var.tags

  vpc_config {
    subnet_ids              = var.subnet_ids
    security_group_ids      = [var.security_group_id]
    endpoint_private_access = true
    endpoint_public_access  = length(var.operator_networks) > 0
    public_access_cidrs     = length(var.operator_networks) > 0 ? var.operator_networks : null
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.this.arn
    }
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_launch_template" "machines" {
  for_each               = var.machines
  name                   = "${var.name}-${each.key}"
  vpc_security_group_ids = [var.security_group_id, aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]
  tags                   = var.tags

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size = each.value.disk_gb
      volume_type = "gp3"
      encrypted   = true
    }
  }

  # A container that calls the machine's own metadata service gets no answer.
  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}

resource "aws_eks_node_group" "this" {
  for_each        = var.machines
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.this["machines"].arn
  subnet_ids      = var.subnet_ids
  instance_types  = each.value.instance_types
  labels          = { "chazhenjia/machines" = each.key }
  tags            = var.tags

  launch_template {
    id      = aws_launch_template.machines[each.key].id
    version = aws_launch_template.machines[each.key].latest_version
  }

  scaling_config {
    min_size     = each.value.least
    desired_size = each.value.least
    max_size     = each.value.most
  }

  update_config {
    max_unavailable = 1
  }

  lifecycle {
    ignore_changes = [scaling_config[0].desired_size]
  }

  depends_on = [aws_iam_role_policy_attachment.machines]
}

# Unfinished uploads and what recognition has learnt: every web process and worker reads the same.
resource "aws_efs_file_system" "this" {
  encrypted       = true
  kms_key_id      = aws_kms_key.this.arn
  throughput_mode = "elastic"
  tags            = merge(var.tags, { Name = var.name })
}

resource "aws_efs_mount_target" "this" {
  count           = length(var.data_subnet_ids)
  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = var.data_subnet_ids[count.index]
  security_groups = [var.files_security_group_id]
}

# Names only. The values are put in by a person and read by the cluster.
resource "aws_secretsmanager_secret" "this" {
  for_each                = toset(var.secret_names)
  name                    = "${var.name}/${each.key}"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 30
  tags                    = var.tags
}
