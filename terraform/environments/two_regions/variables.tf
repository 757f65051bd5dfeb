variable "name" {
  description = "Name of the installation: small letters, digits, hyphens"
  type        = string
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

variable "sizes" {
  description = "What is to be other than modules/region has it, such as { database_gb = 800 }"
  type        = any
  default     = {}
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

variable "second_region" {
  description = "The other region"
  type        = string
  default     = "cn-northwest-1"

  validation {
    condition     = var.second_region != var.region
    error_message = "The second region is another one."
  }
}

variable "second_zones" {
  description = "Availability zones there"
  type        = list(string)
}

variable "second_cidr" {
  description = "Addresses of the VPC there, a /16 that does not overlap"
  type        = string
  default     = "10.21.0.0/16"

  validation {
    condition     = var.second_cidr != var.cidr
    error_message = "The second network has addresses of its own."
  }
}

variable "second_object_service_name" {
  description = "Name of that region's S3 gateway endpoint service"
  type        = string
}

variable "second_bucket" {
  description = "Name of the bucket there"
  type        = string
}
