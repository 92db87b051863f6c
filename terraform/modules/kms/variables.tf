variable "alias" {
  description = "Alias of the key, without alias/."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[A-Za-z0-9/_-]{1,200}$", var.alias)) && !startswith(var.alias, "aws/")
    error_message = "alias may have letters, digits, / _ and -, and must not begin with aws/."
  }
}

variable "deletion_window_days" {
  description = "How long a deleted key can still be brought back."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days must be from 7 to 30."
  }
}
