variable "bucket" {
  description = "Name of the bucket"
  type        = string
}

variable "provinces" {
  description = "Codes of the provinces, each of which gets a key: [\"gx\", \"gd\"]"
  type        = list(string)

  validation {
    condition     = length(var.provinces) > 0 && alltrue([for code in var.provinces : can(regex("^[a-z][a-z0-9]{1,30}$", code))])
    error_message = "Province codes are small letters and digits, such as gx."
  }
}

variable "tags" {
  description = "Tags of everything"
  type        = map(string)
  default     = {}
}
