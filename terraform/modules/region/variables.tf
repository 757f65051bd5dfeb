variable "name" {
  description = "Name of the installation: small letters, digits, hyphens"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "Three to thirty-one small letters, digits or hyphens."
  }
}

variable "zones" {
  description = "Its availability zones to use"
  type        = list(string)
}

variable "cidr" {
  description = "Addresses of the VPC, a /16"
  type        = string
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
  description = "What is to be other than local.usual, by the same names"
  type        = any
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.sizes), keys(local.usual))) == 0
    error_message = "There are sizes of these names: ${join(", ", keys(local.usual))}."
  }
}

variable "operator_networks" {
  description = "Networks (CIDR) from which operators reach the cluster"
  type        = list(string)
}

variable "alarm_emails" {
  description = "Who is told of alarms"
  type        = list(string)
}

variable "tags" {
  description = "Tags of everything"
  type        = map(string)
  default     = {}
}
