variable "name" {
  description = "Name of the cluster"
  type        = string
}

variable "kubernetes_version" {
  description = "Version of Kubernetes"
  type        = string
  default     = "1.33"
}

variable "subnet_ids" {
  description = "Private subnets, in two zones at least"
  type        = list(string)
}

variable "data_subnet_ids" {
  description = "Where shared files are mounted"
  type        = list(string)
}

variable "security_group_id" {
  description = "Group of the machines"
  type        = string
}

variable "files_security_group_id" {
  description = "Group of the shared files"
  type        = string
}

variable "machine_service" {
  description = "Service that machines are: ec2.amazonaws.com.cn in China, ec2.amazonaws.com elsewhere"
  type        = string
  default     = "ec2.amazonaws.com.cn"
}

variable "operator_networks" {
  description = "Networks (CIDR) from which operators reach the cluster; empty: from inside alone"
  type        = list(string)
  default     = []

  validation {
    condition     = !contains(var.operator_networks, "0.0.0.0/0")
    error_message = "The whole world does not operate this cluster."
  }
}

variable "machines" {
  description = "Groups of machines: their kinds, how many at least and at most, disk of each"
  type = map(object({
    instance_types = list(string)
    least          = number
    most           = number
    disk_gb        = number
  }))
}

variable "secret_names" {
  description = "Secrets to keep at the secret manager, by the names that the chart reads"
  type        = list(string)
  default     = ["secret_key", "master_key", "s3_secret_access_key", "database_url", "superuser_url"]
}

variable "tags" {
  description = "Tags of everything"
  type        = map(string)
  default     = {}
}
