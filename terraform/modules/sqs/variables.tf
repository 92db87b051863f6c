variable "queue_name" {
  description = "Name of the ingest queue."
  type        = string
  default     = "dashboard-ingest"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.queue_name))
    error_message = "queue_name may have up to 80 letters, digits, _ and -."
  }
}

variable "dlq_name" {
  description = "Name of the dead-letter queue."
  type        = string
  default     = "dashboard-ingest-dlq"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.dlq_name)) && var.dlq_name != var.queue_name
    error_message = "dlq_name may have up to 80 letters, digits, _ and -, and must not be queue_name."
  }
}

variable "visibility_timeout_seconds" {
  description = "How long a received message is hidden from other workers (chapter 8.3: 60). The worker asks for more while it works."
  type        = number
  default     = 60

  validation {
    condition     = var.visibility_timeout_seconds >= 30 && var.visibility_timeout_seconds <= 43200
    error_message = "visibility_timeout_seconds must be from 30 to 43200."
  }
}

variable "message_retention_seconds" {
  description = "How long the ingest queue keeps a message (chapter 8.3: 4 days)."
  type        = number
  default     = 345600

  validation {
    condition     = var.message_retention_seconds >= 3600 && var.message_retention_seconds <= 1209600
    error_message = "message_retention_seconds must be from an hour to 14 days."
  }
}

variable "dlq_message_retention_seconds" {
  description = "How long the dead-letter queue keeps a message (chapter 8.3: 14 days). A message keeps its age when it moves, so this must be the longer one."
  type        = number
  default     = 1209600

  validation {
    condition     = var.dlq_message_retention_seconds > var.message_retention_seconds && var.dlq_message_retention_seconds <= 1209600
    error_message = "dlq_message_retention_seconds must be longer than message_retention_seconds, and 14 days at most."
  }
}

variable "max_receive_count" {
  description = "How often a message is received before it moves to the dead-letter queue (chapter 8.3: 3)."
  type        = number
  default     = 3

  validation {
    condition     = var.max_receive_count >= 2 && var.max_receive_count <= 20
    error_message = "max_receive_count must be from 2 to 20."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts both queues. Null: SQS encrypts with a key of its own, at no cost."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}
