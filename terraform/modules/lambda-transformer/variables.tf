variable "name" {
  description = "What the function is called."
  type        = string
  default     = "deploy-dashboard-transformer"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,48}$", var.name))
    error_message = "The name must be 1 to 48 letters, digits, hyphens and underscores."
  }
}

variable "package" {
  description = "Path of the zip that `python terraform/functions/package.py` writes."
  type        = string
}

variable "mapping" {
  description = "How the sender's JSON becomes an event: its source and eventType (deployment, test-result, promotion), fields (our name -> path such as target.0.region), values (our name -> their word -> ours), constants, and eventId (path of the sender's delivery id)."
  type = object({
    source    = string
    eventType = string
    fields    = map(string)
    constants = optional(map(string), {})
    values    = optional(map(map(string)), {})
    eventId   = optional(string)
  })

  validation {
    condition     = contains(["deployment", "test-result", "promotion"], var.mapping.eventType)
    error_message = "eventType must be deployment, test-result or promotion."
  }
}

variable "queue_url" {
  description = "URL of the ingest queue."
  type        = string
}

variable "queue_arn" {
  description = "ARN of the ingest queue."
  type        = string
}

variable "queue_kms_key_arn" {
  description = "The key the ingest queue is encrypted with; null: SQS's own. It also encrypts the function's variables, log and failed events."
  type        = string
  default     = null
}

variable "queue_encrypted_with_key" {
  description = "Whether queue_kms_key_arn is set, known before the key is made."
  type        = bool
  default     = false
}

variable "concurrency" {
  description = "How many of it may run at once."
  type        = number
  default     = 10

  validation {
    condition     = var.concurrency >= 1
    error_message = "One at least, or it never runs."
  }
}

variable "log_retention_days" {
  description = "How long its log is kept."
  type        = number
  default     = 400
}
