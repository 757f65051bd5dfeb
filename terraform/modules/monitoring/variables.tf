variable "name" {
  description = "Name of the installation"
  type        = string
}

variable "database_identifier" {
  description = "The database server"
  type        = string
}

variable "database_connections" {
  description = "How many connections it allows"
  type        = number
  default     = 400
}

variable "database_free_gb" {
  description = "Alarm when less disk is free"
  type        = number
  default     = 50
}

variable "cache_identifier" {
  description = "The cache"
  type        = string
}

variable "alarm_emails" {
  description = "Who is told; each has to confirm once"
  type        = list(string)
}

variable "tags" {
  description = "Tags of everything"
  type        = map(string)
  default     = {}
}
