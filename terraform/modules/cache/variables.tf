variable "name" {
  description = "Name of the cache"
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

variable "node_type" {
  description = "Size of a node"
  type        = string
}

variable "tags" {
  description = "Tags of everything"
  type        = map(string)
  default     = {}
}
