variable "name" {
  description = "What the event bus is called: the setting EVENT_BUS_NAME."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,48}$", var.name)) && var.name != "default"
    error_message = "The name must be 1 to 48 letters, digits, dots, hyphens and underscores, and not default."
  }
}

variable "archive_days" {
  description = "How long events can be played again from the bus's archive; 0: for ever."
  type        = number
  default     = 30

  validation {
    condition     = var.archive_days >= 0
    error_message = "Days cannot be negative."
  }
}

variable "rules" {
  description = "Who hears of what: the detail types (deployment, test-result, promotion, build, retirement, incident; empty: all), what else the detail must say, the target, and a role where the target needs one."
  type = map(object({
    detail_types    = optional(list(string), [])
    detail          = optional(map(list(string)), {})
    target_arn      = string
    role_arn        = optional(string)
    dead_letter_arn = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for name, _ in var.rules : can(regex("^[A-Za-z0-9._-]{1,64}$", name))])
    error_message = "A rule's name is 1 to 64 letters, digits, dots, hyphens and underscores."
  }
}

variable "audit_log_days" {
  description = "How long every event is kept in a log group of its own, for audit; 0: no such log."
  type        = number
  default     = 0
}

variable "kms_key_arn" {
  description = "The key of bus and log; null: AWS's own."
  type        = string
  default     = null
}
