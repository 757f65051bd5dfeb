variable "name" {
  description = "Name of the installation, put before everything"
  type        = string
}

variable "cidr" {
  description = "Addresses of the VPC, a /16; those of two regions must not overlap"
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && endswith(var.cidr, "/16")
    error_message = "Give a /16, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "Two to four availability zones"
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 4
    error_message = "Two to four zones: one alone is one power cut from standstill."
  }
}

variable "object_service_name" {
  description = "Name of the region's S3 gateway endpoint service, such as cn.com.amazonaws.cn-north-1.s3 (see the console)"
  type        = string
}

variable "tags" {
  description = "Tags of everything"
  type        = map(string)
  default     = {}
}
