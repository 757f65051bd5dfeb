variable "name" {
  description = "Name of the database server"
  type        = string
}

variable "subnet_ids" {
  description = "Data subnets, in two zones at least"
  type        = list(string)
}

variable "security_group_id" {
  description = "Who may reach it"
  type        = string
}

variable "engine_major" {
  description = "Major version of PostgreSQL"
  type        = string
  default     = "17"

  validation {
    condition     = contains(["16", "17", "18"], var.engine_major)
    error_message = "PostgreSQL 16, 17 or 18."
  }
}

variable "instance_class" {
  description = "Size of the machine"
  type        = string
}

variable "storage_gb" {
  description = "Disk at the beginning"
  type        = number
}

variable "storage_limit_gb" {
  description = "How large the disk may grow by itself"
  type        = number
}

variable "max_connections" {
  description = "Connections; PgBouncer takes most of them"
  type        = number
  default     = 400
}

variable "replicas" {
  description = "Read replicas in the same region"
  type        = number
  default     = 0
}

variable "backup_days" {
  description = "How many days back the server can be restored to a point in time"
  type        = number
  default     = 35
}

variable "tags" {
  description = "Tags of everything"
  type        = map(string)
  default     = {}
}
