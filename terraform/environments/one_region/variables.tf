variable "name" {
  description = "Name of the installation: small letters, digits, hyphens"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "Three to thirty-one small letters, digits or hyphens."
  }
}

variable "region" {
  description = "Region of the cloud"
  type        = string
  default     = "cn-north-1"
}

variable "zones" {
  description = "Its availability zones to use"
  type        = list(string)
}

variable "cidr" {
  description = "Addresses of the VPC, a /16"
  type        = string
  default     = "10.20.0.0/16"
}

variable "object_service_name" {
  description = "Name of the region's S3 gateway endpoint service"
  type        = string
}

variable "provinces" {
  description = "Codes of the provinces, each of which gets a key"
  type        = list(string)
}

variable "bucket" {
  description = "Name of the bucket"
  type        = string
}

variable "database_class" {
  description = "Size of the database's machine"
  type        = string
  default     = "db.r6g.2xlarge"
}

variable "database_gb" {
  description = "Its disk at the beginning"
  type        = number
  default     = 500
}

variable "database_limit_gb" {
  description = "How large the disk may grow by itself"
  type        = number
  default     = 4000
}

variable "database_replicas" {
  description = "Read replicas"
  type        = number
  default     = 0
}

variable "cache_node_type" {
  description = "Size of a node of the cache"
  type        = string
  default     = "cache.r6g.large"
}

variable "machines" {
  description = "Groups of machines for the parts"
  type = map(object({
    instance_types = list(string)
    least          = number
    most           = number
    disk_gb        = number
  }))
  default = {
    general     = { instance_types = ["m6i.xlarge"], least = 3, most = 12, disk_gb = 80 }
    recognition = { instance_types = ["c6i.2xlarge"], least = 1, most = 6, disk_gb = 80 }
  }
}

variable "operator_networks" {
  description = "Networks (CIDR) from which operators reach the cluster"
  type        = list(string)
  default     = []
}

variable "alarm_emails" {
  description = "Who is told of alarms"
  type        = list(string)
}
